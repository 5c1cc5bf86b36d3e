"""Questions to the student: quizzes, predictions and the concept test, first as data, then as widgets."""

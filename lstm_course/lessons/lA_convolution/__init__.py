"""Lesson A, A network without recurrence: its text, exercises, quiz, explorers and teacher's page."""

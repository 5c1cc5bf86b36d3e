"""Answer checks that diagnose, quizzes, and predictions.

    from lstm_course.exercises import check, predict, predicted, quiz, reveal

`check.rnn_step(f)` judges an answer, `check.rnn_step.hint(1)` helps, `print(check)` lists all exercises.
`quiz("01")` shows the questions of a lesson. `predict(...)` records a guess, `reveal(...)` compares it.
Lessons are loaded when their exercises are asked for, ipywidgets when a quiz or a prediction is shown.
"""

from lstm_course.exercises.catalogue import check
from lstm_course.exercises.predictions import predict, predicted, reveal
from lstm_course.exercises.quizzes import quiz

__all__ = ["check", "predict", "predicted", "quiz", "reveal"]

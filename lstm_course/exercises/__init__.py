"""Answer checks that diagnose, quizzes, predictions, and what helps a student who is stuck.

    from lstm_course.exercises import catch_up, check, predict, predicted, progress, quiz, reveal

`check.rnn_step(f)` judges an answer, `check.rnn_step.hint(1)` helps, `check.rnn_step.reset()` gives back the cell as
it was, `print(check)` lists all exercises. `catch_up("06")` gives the functions of a lesson, `progress()` shows what
is done. In a notebook an error that beginners make gets a line "Hint: …" below it (see hinting.py).
`quiz("01")` shows the questions of a lesson. `predict(...)` records a guess, `reveal(...)` compares it.
Lessons are loaded when their exercises are asked for, ipywidgets when a quiz or a prediction is shown.
"""

from lstm_course.exercises import hinting
from lstm_course.exercises.catalogue import check
from lstm_course.exercises.catching_up import catch_up
from lstm_course.exercises.predictions import predict, predicted, reveal
from lstm_course.exercises.quizzes import quiz
from lstm_course.exercises.remembering import progress

__all__ = ["catch_up", "check", "predict", "predicted", "progress", "quiz", "reveal"]

hinting.switch_on()

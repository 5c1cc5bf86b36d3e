"""Answer checks that diagnose, quizzes, predictions, and what helps a student who is stuck.

    from lstm_course.exercises import catch_up, check, predict, predicted, progress, quiz, reveal

`check.rnn_step(f)` judges an answer, `check.rnn_step.hint(1)` helps, `check.rnn_step.reset()` gives back the cell as
it was, `print(check)` lists all exercises. `catch_up("06")` gives the functions of a lesson, `progress()` shows what
is done. In a notebook an error that beginners make gets a line "Hint: …" below it (see students/error_hints.py).
`quiz("01")` shows the questions of a lesson. `predict(...)` records a guess, `reveal(...)` compares it.
Lessons are loaded when their exercises are asked for, ipywidgets when a quiz or a prediction is shown.
"""

from lstm_course.asking.predictions import predict, predicted, reveal
from lstm_course.asking.quizzes import quiz
from lstm_course.checking.catalogue import check
from lstm_course.checking.catch_up import catch_up
from lstm_course.students import error_hints
from lstm_course.students.progress import progress

__all__ = ["catch_up", "check", "predict", "predicted", "progress", "quiz", "reveal"]
__path__ = []           # its submodules of the first edition are found by former_names

error_hints.switch_on()

"""Exercises in which numbers are chosen by hand: a function without arguments, judged by what its numbers do."""

from lstm_course.checking.base import Exercise
from lstm_course.checking.explain import explain
from lstm_course.checking.results import is_blank
from lstm_course.checking.run import no_return, run, signature_problem


class ByHand(Exercise):
    """of(given): the Result of what the function returned. blank: what is said as long as nothing is chosen."""

    blank = "Put your code where the ... is. If it is written: does it end with return?"

    def of(self, given):
        raise NotImplementedError

    def usage(self):
        return f"check.{self.name}({self.name})"

    def judge(self, attempt, rng):
        given = attempt
        if callable(attempt):
            if problem := signature_problem(attempt, {}):
                return self.wrong_answer(problem)
            done = run(attempt, {})
            if done.error is not None:
                words, lines = explain(done.error, attempt, {})
                return self.wrong_answer(words, *lines)
            given = done.returned
            if given is None and (nothing := no_return(attempt)):
                return self.wrong_answer(nothing)
        if is_blank(given) or (isinstance(given, tuple | list) and any(one is ... for one in given)):
            return self.no_answer(self.blank)
        return self.of(given)

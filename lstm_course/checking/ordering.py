"""Exercises in which lines of code are put in order (Parsons problems).

    backward_order = order(
        "backward_order", lines={1: "delta_next = delta", 2: "delta = …", 3: "grad_W += x[t].T @ delta"},
        before={(2, 3): "line 3 needs the delta of line 2", (2, 1): "…"}, hints=(…), correct="…")

The answer is the list of the line numbers, such as [2, 3, 1]. Every order that keeps all the rules is right,
because the same computation can often be written in several orders.
"""

from dataclasses import replace

from lstm_course.checking.base import Exercise
from lstm_course.checking.results import is_blank
from lstm_course.checking.values import as_number


class OrderExercise(Exercise):
    """Numbered lines to put in order.

    lines   {number: line of code}, shuffled, as the notebook shows them
    before  {(a, b): what goes wrong if line a does not stand before line b}, the most telling first
    wrong   {(3, 1, 2): message}: whole orders that are seen often
    """

    def __init__(self, name, lines, before, wrong=None, hints=(), correct=""):
        super().__init__(name, hints, correct)
        self.lines, self.before, self.wrong = dict(lines), dict(before), dict(wrong or {})

    def usage(self):
        return f"check.{self.name}(your_list)"

    def is_right(self, given):
        """Does an order of all the lines keep all the rules?"""
        return all(given.index(a) < given.index(b) for a, b in self.before)

    def judge(self, attempt, rng):
        if is_blank(attempt) or (hasattr(attempt, "__len__") and not len(attempt)):
            return self.no_answer(f"Put the list of line numbers where the ... is: {self.usage()}")
        given = _numbers(attempt)
        if given is None:
            return self.wrong_answer(f"give the check a list of the line numbers, such as {sorted(self.lines)}")
        if fault := self._count_fault(given):
            return self.wrong_answer(fault)
        if self.is_right(given):
            return self.right_answer()
        if given in self.wrong:
            return self.wrong_answer(self.wrong[given])
        if self._is_list_of_places(given):
            return self.wrong_answer("you wrote down for each line the place where it goes. Asked is the other list: "
                                     "which line stands first, which second, and so on")
        broken = [(a, b) for a, b in self.before if given.index(a) > given.index(b)]
        a, b = broken[0]
        message = self.before[a, b]
        result = self.wrong_answer(f"line {a} has to stand before line {b}: {message}")
        code = tuple(f"{number}   {self.lines[number]}" for number in (a, b))
        return replace(result, details=code + result.details)

    def _count_fault(self, given):
        """A sentence if a line is missing, unknown or repeated."""
        unknown = [n for n in given if n not in self.lines]
        if unknown:
            return f"there is no line {unknown[0]}; the lines are numbered {min(self.lines)} to {max(self.lines)}"
        twice = [n for n in self.lines if given.count(n) > 1]
        missing = [n for n in self.lines if n not in given]
        words = [f"line {twice[0]} stands there {given.count(twice[0])} times"] if twice else []
        verb = "is" if len(missing) == 1 else "are"
        words += [f"line {' and line '.join(map(str, missing))} {verb} missing"] if missing else []
        return " and ".join(words)

    def _is_list_of_places(self, given):
        """Is it the inverse of a right order?"""
        return self.is_right(tuple(given.index(n) + 1 for n in sorted(self.lines)))


def order(name, lines, before, wrong=None, *, hints=(), correct=""):
    """Declare an OrderExercise."""
    return OrderExercise(name, lines, before, wrong, hints, correct)


def _numbers(attempt):
    """A tuple of whole numbers, or None; text such as "2 3 1" is no list."""
    if isinstance(attempt, str | dict | set) or not hasattr(attempt, "__iter__"):
        return None
    numbers = [as_number(part) for part in attempt]
    if any(number is None or number != int(number) for number in numbers):
        return None
    return tuple(map(int, numbers))

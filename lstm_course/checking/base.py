"""What all exercises have in common: they judge an answer, print what they think of it, and help."""

import sys

import numpy as np

from lstm_course.checking.results import CORRECT, NOT_ATTEMPTED, WRONG, Result
from lstm_course.students import progress as remembering
from lstm_course.students import starting_cells as starting
from lstm_course.whereabouts import ipython

SEED = 1997             # a check draws the same numbers each time, so that its message stays the same


class Exercise:
    """One exercise: call it with an answer, and it prints what it thinks of it. It never raises."""

    def __init__(self, name, hints, correct):
        self.name, self.hints, self.correct = name, tuple(hints), correct
        self.last = None                # the Result of the last answer, whose line the hints follow
        self._seen = {}                 # headline -> how often it was said
        self._cell = None               # the run of the cell in which it was said last

    def __call__(self, *attempt):
        """Judge an answer: print one line, or a diagnosis, and return the Result."""
        result = self.last = self._said_again(self.judge_safely(attempt))
        say(result.message)
        if result.status != NOT_ATTEMPTED:
            remembering.note_check(self.name, remembering.PASSED if result.correct else remembering.TRIED)
        return result

    def _said_again(self, result):
        """A mistake that is seen a second time says more; the change itself stays with the last hint."""
        cell = getattr(ipython(), "execution_count", None)
        if result.status != WRONG or (cell is not None and cell == self._cell):     # a graded cell checks twice
            return result
        self._cell = cell
        count = self._seen[result.headline] = self._seen.get(result.headline, 0) + 1
        if count < 2 or len(result.follow) < 2:
            return result
        return result.with_detail(f"Still the same. {sentence(result.follow[1])}")

    def reset(self):
        """Give back the cell with which the exercise began; your own cell stays."""
        starting.reset(self.name, say)

    def hint(self, number=1):
        """Print one of the hints; the first says least. After a check that knows your line they begin with it."""
        count = len(self.hints)
        if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= count:
            own = self.last.follow[number - 1] if self.last is not None and len(self.last.follow) >= number else ""
            words = f"{sentence(own)} {self.hints[number - 1]}" if own else self.hints[number - 1]
            say(f"{self.name}, hint {number} of {count}: {words}")
        else:
            say(f"{self.name}: there is no hint {number!r}. Ask for hint(1) to hint({count}); the first says least.")

    def judge(self, attempt, rng):
        """The Result of an answer, with the random numbers of rng."""
        raise NotImplementedError

    def usage(self):
        """How its check is called."""
        raise NotImplementedError

    def judge_safely(self, attempt, fresh=False):
        """The Result of what stood in the brackets of the check; nothing is raised, and nothing printed."""
        try:
            if len(attempt) != 1:
                return self.judge(..., None) if not attempt else self.wrong_answer(
                    f"give the check one thing: {self.usage()}")
            result = self.judge(attempt[0], np.random.default_rng(None if fresh else SEED))
        except Exception as error:
            return self.wrong_answer(f"this answer could not be judged ({type(error).__name__}: {error})")
        again = None if fresh else lambda: self.judge_safely(attempt, fresh=True)
        return Result(result.name, result.status, result.headline, result.details, again, result.follow)

    def right_answer(self):
        """The Result of a right answer."""
        return Result(self.name, CORRECT, f"{self.name}: correct ✓ {self.correct}".rstrip())

    def wrong_answer(self, headline, *details, follow=(), paste=False):
        """The Result of a wrong answer. follow: what the hints say of it, the first least. paste: name example()."""
        details = [sentence(line) for line in details if line]
        if self.hints:
            example = f", and check.{self.name}.example() prints this case for a cell" if paste else ""
            details.append(f"Stuck? check.{self.name}.hint(1){example}")
        return Result(self.name, WRONG, f"{self.name}: not right yet ✗ {sentence(headline)}", tuple(details),
                      follow=tuple(follow))

    def no_answer(self, why):
        """The Result of an exercise that was not attempted."""
        return Result(self.name, NOT_ATTEMPTED, f"{self.name}: not attempted yet. {sentence(why)}")

    def __repr__(self):
        return f"{self.usage()} judges your answer, check.{self.name}.hint(1) helps"


def say(words):
    """Print, also where the terminal cannot write every letter: those that it lacks become ?."""
    try:
        print(words)
    except UnicodeError:
        coding = getattr(sys.stdout, "encoding", None) or "ascii"
        print(words.encode(coding, errors="replace").decode(coding, errors="replace"))


def sentence(words):
    """Ends with a full stop, and without two."""
    words = words.strip()
    return words if words.endswith((".", "?", "!", ")", "…")) else words + "."

"""What the answers of the concept test come to: the score, and the normalised gain of a student or a class."""

from collections.abc import Iterable, Sequence

from lstm_course.asking.concept_questions import QUESTIONS

POINTS = len(QUESTIONS)
Scores = float | Iterable[float]


def score(answers: Sequence[str | None]) -> int:
    """How many of the answers, one letter a question ("?" for "I don't know"), are right."""
    return sum(letter == question.key for letter, question in zip(answers, QUESTIONS, strict=True))


def mean(scores: Scores) -> tuple[float, int]:
    """The mean of scores and how many they are; one number is a list of one."""
    listed = list(scores) if isinstance(scores, Iterable) else [scores]
    if not listed:
        raise ValueError("there are no scores, expected at least one")
    return sum(listed) / len(listed), len(listed)


def gain(before: Scores, after: Scores, of: int = POINTS) -> float:
    """The normalised gain (after − before) / (of − before), of one score or of the means of two lists (Hake 1998)."""
    (first, _), (last, _) = mean(before), mean(after)
    for name, points in (("before", first), ("after", last)):
        if not 0 <= points <= of:
            raise ValueError(f"{name} is {points:g}, expected a score from 0 to {of}")
    if first == of:
        raise ValueError(f"the score before is {of} of {of}: nothing is left to gain")
    return (last - first) / (of - first)


def gain_error(before: Scores, after: Scores, of: int = POINTS) -> float:
    """The standard error of the gain if each answer is right by chance as often as the scores say.

    Each score varies like a binomial one; its share of right answers is taken as (score + 1) / (of + 2), so that 0 and
    12 right do not look certain. The two variances go through the slopes of the gain.
    """
    (before, n_before), (after, n_after) = mean(before), mean(after)
    left = of - before
    gain(before, after, of)
    shares = [(points + 1) / (of + 2) for points in (before, after)]
    var_before, var_after = (of * p * (1 - p) / n for p, n in zip(shares, (n_before, n_after), strict=True))
    return (var_after / left ** 2 + var_before * (of - after) ** 2 / left ** 4) ** 0.5


def verdict(before: int | None, after: int) -> str:
    """The sentences about the gain of one student, for the end of the test after the course."""
    of = POINTS
    if before is None:
        return (f"After the course: {after} of {of} right. There is no test from before the course here, so no gain "
                "can be computed.")
    both = f"Before the course: {before} of {of} right, after it: {after}."
    if before == of:
        return f"{both} There was nothing left to gain."
    g, error = gain(before, after), gain_error(before, after)
    said, low, high = (f"{round(number, 2) + 0:.{digits}f}".replace("-", "−")
                       for number, digits in ((g, 2), (round(g - error, 1), 1), (min(round(g + error, 1), 1), 1)))
    kind = "low" if g < 0.3 else "medium" if g < 0.7 else "high"
    meaning = "the share of what you did not know that you know now" if g >= 0 else "below 0, so fewer than before"
    return (f"{both} Normalised gain: ({after} − {before}) / ({of} − {before}) = {said}, {meaning}. Hake (1998) calls "
            f"the mean gain of a class low below 0.3 and high from 0.7 on; this one would be {kind}. But twelve "
            f"questions are few: by luck alone it could as well be {low} or {high}. It says something about a class, "
            "little about one person.")

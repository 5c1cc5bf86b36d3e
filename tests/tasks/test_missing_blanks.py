"""The task of the missing blanks: letters, word ends, delays, and what counting knows."""

import numpy as np
import pytest

from lstm_course.tasks import missing_blanks, words
from lstm_course.tasks.missing_blanks import Counts, delayed, joined, numbers, right, sonnet_lines

LINES = [["shall", "i", "compare"], ["thee", "to", "a"], ["o"]]


def test_letters_ends_and_lengths():
    task = joined(LINES)
    assert task.lengths.tolist() == [13, 7, 1] and task.letters.shape == (13, 3)
    assert "".join(missing_blanks.ALPHABET[k - 1] for k in task.letters[:7, 1]) == "theetoa"
    assert np.flatnonzero(task.ends[:, 0]).tolist() == [4, 5] and np.flatnonzero(task.ends[:, 1]).tolist() == [3, 5]
    assert task.asked.sum(axis=0).tolist() == [12, 6, 0] and not task.letters[7:, 1].any()


def test_the_ends_are_where_the_text_has_blanks():
    lines = sonnet_lines()
    task = joined(lines)
    for b in range(0, len(lines), 97):
        letters = [missing_blanks.ALPHABET[k - 1] for k in task.letters[:task.lengths[b], b]]
        text = "".join(a + (" " if end else "") for a, end in zip(letters, task.ends[:, b], strict=False))
        assert text == " ".join(lines[b])


def test_the_line_of_the_lesson_is_held_out():
    train, held_out = (["".join(line) for line in part] for part in words.split(sonnet_lines()))
    assert "mymistresseyesarenothinglikethesun" in held_out and "mymistresseyesarenothinglikethesun" not in train
    assert len(set(train) & set(held_out)) == 0
    (line,) = [one for one in words.split(sonnet_lines())[1] if "".join(one) == "mymistresseyesarenothinglikethesun"]
    for piece in missing_blanks.pieces([line], 24):
        assert not any("".join(piece) in learned for learned in train)


def test_later_answers_are_the_same_answers():
    task = joined(LINES)
    later = delayed(task, 4)
    assert np.array_equal(later.ends[4:], task.ends) and np.array_equal(later.asked[4:], task.asked)
    assert np.array_equal(later.letters[:-4], task.letters) and (later.lengths == task.lengths + 4).all()
    assert not later.ends[:4].any() and not later.asked[:4].any() and not later.letters[-4:].any()


def test_the_share_that_is_right():
    task = joined(LINES)
    assert right(task, task.ends) == 1 and right(task, ~task.ends) == 0
    assert right(task, np.zeros_like(task.ends)) == 14 / 18


def test_counts():
    """"ab" ends a word after b if "c" follows; after "xb" never."""
    task = joined([["ab", "c"], ["ab", "c"], ["abd"], ["xbc"]])
    assert right(task, Counts(task, 1, 1).answers(task)) == 1 - 1 / 8           # "xbc" looks like "abc" from one letter
    assert right(task, Counts(task, 2, 2).answers(task)) == 1
    assert right(task, Counts(task, 2, 0).answers(task)) == 1 - 1 / 8           # "abd": what follows is not seen
    new = joined([["ab", "q"]])
    assert right(new, Counts(task, 2, 2).answers(new)) == 0.5                   # never seen: no word ends


@pytest.mark.parametrize("text, came", [("", "nothing"), ("my eyes", "' '"), ("Eyes", "'E'"), ("子曰", "'子'")])
def test_other_characters_are_refused(text, came):
    with pytest.raises(ValueError, match=f"text holds {came}, expected letters from a to z without blanks"):
        numbers(text)


def test_no_lines():
    with pytest.raises(ValueError, match="lines is empty"):
        joined([])


def test_pieces_are_cut_between_words():
    lines = [["shall", "i", "compare", "thee"], ["incomprehensible", "o"]]
    assert missing_blanks.pieces(lines, 7) == [["shall", "i"], ["compare"], ["thee"], ["incomprehensible"], ["o"]]

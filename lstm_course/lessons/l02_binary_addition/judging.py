"""Lesson 02, exercises 4 and 2: read the network's bits, and judge them.

Bits are columns, least significant first: bits[0] is worth 1. A number is (T,), B numbers are (T,B).
"""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

BITS = 8


def bits_of(*numbers):
    """Whole numbers -> their bits (T,B), least significant first."""
    return np.array([[n >> t & 1 for n in numbers] for t in range(BITS)])


# --------------------------------------------------------------------------------------------- 4. decode

def decode_cases(rng):
    """6, then several numbers, some of which use the highest bit, then more than 8 columns."""
    yield "6 = 2 + 4, whose bits are 0 1 1 0 0 0 0 0", {"bits": bits_of(6)[:, 0]}
    yield "the numbers 1, 6, 200 side by side (T = 8, B = 3)", {"bits": bits_of(1, 6, 200)}
    yield "random numbers of 12 columns (T = 12, B = 5)", {"bits": rng.integers(0, 2, (12, 5))}


@exercise(
    cases=decode_cases, outputs=Output("number", "B", whole=True, integers=True),
    correct="One number or many at once, with any number of columns.",
    hints=("What is each column worth? The first one, bits[0], is worth 1.",
           "Column t is worth 2 ** t. Multiply each bit by what it is worth, then add up over the columns (axis 0).",
           "2 ** np.arange(len(bits)) holds the values 1, 2, 4, 8, … A product weights @ bits multiplies and "
           "adds up over the first axis of bits."))
def decode(bits):
    """Bits, least significant first, (T,) or (T,B) -> the number, or (B,) whole numbers"""
    return 2 ** np.arange(len(bits)) @ bits


@decode.quantities
def on_the_way(bits):
    return {"worth": 2 ** np.arange(len(bits))}


@decode.mutant("the bits are read from the wrong end: your 6 is read as 96. The first bit, bits[0], is worth 1")
def reversed_weights(bits):
    return 2 ** np.arange(len(bits))[::-1] @ bits


@decode.mutant("every bit counts double: your 6 is read as 12. Column t is worth 2 ** t, and t begins with 0")
def weights_from_two(bits):
    return 2 ** np.arange(1, len(bits) + 1) @ bits


@decode.mutant("^ is no power in Python: 2 ^ t compares the bits of 2 and t (exclusive or). Column t is worth 2 ** t")
def caret_for_power(bits):
    return (2 ^ np.arange(len(bits))) @ bits


@decode.mutant("^ is no power in Python, and it comes after the product: bit * 2 ^ t is (bit * 2) ^ t. Column t is "
               "worth 2 ** t")
def caret_after_the_product(bits):
    return sum((bit * 2) ^ t for t, bit in enumerate(bits))


@decode.mutant("you go through bits row by row, but a row is a column of all B sums: number b is bits[:, b]. Multiply "
               "row t by 2 ** t and add the rows up")
def rows_for_numbers(bits):
    return np.stack([2 ** np.arange(len(row)) @ row for row in bits]) if bits.ndim == 2 else decode.reference(bits)


@decode.mutant("only the first 8 columns are counted. Let len(bits) say how many there are, and compute with "
               "ordinary whole numbers (uint8 ends at 255)")
def eight_columns(bits):
    return decode.reference(bits[:BITS])


@decode.mutant("that counts the ones: your 6 is read as 2. Each bit has to be multiplied by what its column is worth")
def counts_ones(bits):
    return bits.sum(axis=0)


@decode.mutant("column t is worth 2 ** t (1, 2, 4, 8, …), not 2 · t (0, 2, 4, 6, …)")
def two_times_t(bits):
    return 2 * np.arange(len(bits)) @ bits


@decode.mutant("column t is worth 2 ** t (1, 2, 4, 8, 16, …), not t ** 2 (0, 1, 4, 9, 16, …)")
def t_squared(bits):
    return np.arange(len(bits)) ** 2 @ bits


@decode.mutant("that reads the bits as decimal digits: your 6 is read as 110. In binary, column t is worth 2 ** t")
def decimal_digits(bits):
    return 10 ** np.arange(len(bits)) @ bits


@decode.mutant("the highest bit is left out: your 200 is read as 72. There are 8 columns, t = 0 to 7")
def without_highest_bit(bits):
    return decode.reference(bits[:-1])


@decode.mutant("several numbers are added up to one: sum over the columns only (axis 0), so that B numbers come back")
def sums_everything(bits):
    return decode.reference(bits).sum()


@decode.mutant("the sum goes over the numbers instead of over the columns: time is the first axis, so sum over axis 0")
def sums_over_the_numbers(bits):
    weighted = (2 ** np.arange(len(bits)) * bits.T).T
    return weighted.sum(axis=-1)


# --------------------------------------------------------------------------------- 2. judge the whole sum

def accuracy_cases(rng):
    """Four sums with two wrong bits in one of them, then many with errors here and there."""
    true = bits_of(6, 96, 11, 200)
    predicted = true.copy()
    predicted[[0, 3], 2] ^= 1
    yield "4 sums, in one of which 2 bits are wrong", {"predicted_bits": predicted, "true_bits": true}
    true = rng.integers(0, 2, (BITS, 60))
    flips = rng.random((BITS, 60)) < 0.1
    true[6], true[0, 3], flips[6] = 0, 1, False                         # so that no sum has ones only
    flips[:, :3], flips[0, :2], flips[5, 0], flips[:, 3] = False, True, True, True
    flips[:6, 4] = True                                                 # most bits of this sum are wrong, not all
    yield "60 random sums with errors here and there", {"predicted_bits": true ^ flips, "true_bits": true}


@exercise(
    cases=accuracy_cases, outputs=(Output("bit_accuracy"), Output("sum_accuracy")),
    correct="A sum is right only if all of its bits are.",
    hints=("When is a *sum* right? 7 bits of 8 are not enough.",
           "same = predicted_bits == true_bits has shape (T, B). Its mean is the bit accuracy. For the sums, "
           "first ask of each column of `same` whether all T bits agree.",
           "same.all(axis=0) has shape (B,): is sum number b right? Return the mean of `same` and the mean of this."))
def sum_accuracy(predicted_bits, true_bits):
    """Bits (T,B) and (T,B) -> the share of the bits that are right, the share of the sums that are right"""
    same = predicted_bits == true_bits
    return same.mean(), same.all(axis=0).mean()


@sum_accuracy.mutant("two numbers with equally many ones need not be the same number (6 and 3 both have two). Compare "
                     "bit by bit first, then ask for each sum whether all its bits agree")
def compares_counts_of_ones(predicted_bits, true_bits):
    same_count = predicted_bits.sum(axis=0) == true_bits.sum(axis=0)
    return np.mean(predicted_bits == true_bits), same_count.mean()


@sum_accuracy.mutant("you compute the share of the sums from that of the bits, as if errors were spread by chance. "
                     "They are not: two errors may be in the same sum. Count the sums whose bits all agree")
def power_of_the_bits(predicted_bits, true_bits):
    bits = np.mean(predicted_bits == true_bits)
    return bits, bits ** len(true_bits)


@sum_accuracy.mutant("the mean bit accuracy is reported as the accuracy of the sums. A sum with one wrong "
                     "bit is wrong: ask whether *all* its bits are right")
def bits_reported_as_sums(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return same.mean(), same.mean(axis=0).mean()


@sum_accuracy.mutant("the two numbers are in the wrong order: first the share of the bits, then the share of the sums")
def swapped(predicted_bits, true_bits):
    return sum_accuracy.reference(predicted_bits, true_bits)[::-1]


@sum_accuracy.mutant("a sum counts as right as soon as one bit is: take all(axis=0), not any(axis=0)")
def any_for_all(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return same.mean(), same.any(axis=0).mean()


@sum_accuracy.mutant("all(…) of the predicted bits and all(…) of the true bits ask of each whether it has ones only. "
                     "First compare bit by bit with ==, then take all of that")
def all_before_comparing(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return same.mean(), np.mean(predicted_bits.all(axis=0) == true_bits.all(axis=0))


@sum_accuracy.mutant("`all` goes along the wrong axis: you ask for each *column* whether it is right in "
                     "every sum. Time is axis 0, so all(axis=0) asks each sum")
def all_along_the_sums(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return same.mean(), same.all(axis=1).mean()


@sum_accuracy.mutant("these are percentages: shares between 0 and 1 are wanted, so leave out the 100")
def percentages(predicted_bits, true_bits):
    bits, sums = sum_accuracy.reference(predicted_bits, true_bits)
    return 100 * bits, 100 * sums


@sum_accuracy.mutant("these are numbers of right answers; divide by how many there are (or take the mean)")
def counts(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return float(same.sum()), float(same.all(axis=0).sum())


@sum_accuracy.mutant("these are the shares of *wrong* bits and sums: count what agrees (==), not what differs")
def error_rates(predicted_bits, true_bits):
    bits, sums = sum_accuracy.reference(predicted_bits, true_bits)
    return 1 - bits, 1 - sums


@sum_accuracy.mutant("everything comes out right: you compare the true bits with themselves, just as the "
                     "article prints the true sum as if it were the network's")
def compares_the_label(predicted_bits, true_bits):
    return sum_accuracy.reference(true_bits, true_bits)


@sum_accuracy.mutant("the sum accuracy is all-or-nothing over the whole batch: all() without an axis asks "
                     "whether every bit of every sum is right. Use all(axis=0)")
def all_without_axis(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return same.mean(), float(same.all())


@sum_accuracy.mutant("a sum counts as right as soon as most of its bits are. One wrong bit makes another number: ask "
                     "whether *all* bits are right")
def most_for_all(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return same.mean(), np.mean(same.mean(axis=0) > 0.5)


@sum_accuracy.mutant("only one column is asked, the last. A sum is right if *all* of its bits are: all(axis=0)")
def last_bit_only(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return same.mean(), same[-1].mean()


@sum_accuracy.mutant("a bit counts as right only where both are 1. Two zeros agree as well: compare with ==")
def ones_in_common(predicted_bits, true_bits):
    return np.mean(predicted_bits * true_bits), sum_accuracy.reference(predicted_bits, true_bits)[1]

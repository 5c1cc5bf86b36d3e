"""Lesson 02, the network that learns to carry: the exercises and the quiz.

Bits are columns, least significant first: bits[0] is worth 1. A number is (T,), B numbers are (T,B).
"""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value

BITS = 8


def bits_of(*numbers):
    """Whole numbers -> their bits (T,B), least significant first."""
    return np.array([[n >> t & 1 for n in numbers] for t in range(BITS)])


def random_bits(rng, sequences):
    """Bits (T,B) of random addends, with room for the last carry."""
    bits = rng.integers(0, 2, (BITS, sequences))
    bits[-1] = 0
    return bits


# --------------------------------------------------------------------------------------------- 1. decode

def decode_cases(rng):
    """6, then several numbers, some of which use the highest bit."""
    yield "6 = 2 + 4, whose bits are 0 1 1 0 0 0 0 0", {"bits": bits_of(6)[:, 0]}
    yield "the numbers 1, 6, 200 side by side (T = 8, B = 3)", {"bits": bits_of(1, 6, 200)}
    yield "random numbers (T = 8, B = 5)", {"bits": rng.integers(0, 2, (BITS, 5))}


@exercise(
    cases=decode_cases, outputs=Output("number", "B", whole=True),
    correct="One number or many at once, with all 8 bits.",
    hints=("What is each column worth? The first one, bits[0], is worth 1.",
           "Column t is worth 2 ** t. Multiply each bit by what it is worth, then add up over the columns "
           "(axis 0).",
           "2 ** np.arange(8) holds the eight values 1, 2, 4, … 128. A product weights @ bits multiplies and "
           "adds up over the first axis of bits."))
def decode(bits):
    """Bits, least significant first, (T,) or (T,B) -> the number, or (B,) whole numbers"""
    return 2 ** np.arange(len(bits)) @ bits


@decode.quantities
def on_the_way(bits):
    return {"worth": 2 ** np.arange(len(bits))}


@decode.mutant("the bits are read from the wrong end: your 6 is read as 96. The first bit, bits[0], is worth "
               "1")
def reversed_weights(bits):
    return 2 ** np.arange(len(bits))[::-1] @ bits


@decode.mutant("every bit counts double: your 6 is read as 12. Column t is worth 2 ** t, and t begins with 0")
def weights_from_two(bits):
    return 2 ** np.arange(1, len(bits) + 1) @ bits


@decode.mutant("that counts the ones: your 6 is read as 2. Each bit has to be multiplied by what its column "
               "is worth")
def counts_ones(bits):
    return bits.sum(axis=0)


@decode.mutant("column t is worth 2 ** t (1, 2, 4, 8, …), not 2 · t (0, 2, 4, 6, …)")
def two_times_t(bits):
    return 2 * np.arange(len(bits)) @ bits


@decode.mutant("column t is worth 2 ** t (1, 2, 4, 8, 16, …), not t ** 2 (0, 1, 4, 9, 16, …)")
def t_squared(bits):
    return np.arange(len(bits)) ** 2 @ bits


@decode.mutant("that reads the bits as decimal digits: your 6 is read as 110. In binary, column t is worth 2 "
               "** t")
def decimal_digits(bits):
    return 10 ** np.arange(len(bits)) @ bits


@decode.mutant("the highest bit is left out: your 200 is read as 72. There are 8 columns, t = 0 to 7")
def without_highest_bit(bits):
    return decode.reference(bits[:-1])


@decode.mutant("several numbers are added up to one: sum over the columns only (axis 0), so that B numbers "
               "come back")
def sums_everything(bits):
    return decode.reference(bits).sum()


@decode.mutant("the sum goes over the numbers instead of over the columns: time is the first axis, so sum "
               "over axis 0")
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
    yield "60 random sums with errors here and there", {"predicted_bits": true ^ flips, "true_bits": true}


@exercise(
    cases=accuracy_cases, outputs=(Output("bit_accuracy"), Output("sum_accuracy")),
    correct="A sum is right only if all of its bits are.",
    hints=("When is a *sum* right? 7 bits of 8 are not enough.",
           "same = predicted_bits == true_bits has shape (T, B). Its mean is the bit accuracy. For the sums, "
           "first ask of each column of `same` whether all T bits agree.",
           "same.all(axis=0) has shape (B,): is sum number b right? Return the mean of `same` and the mean "
           "of this."))
def sum_accuracy(predicted_bits, true_bits):
    """Bits (T,B) and (T,B) -> the share of the bits that are right, the share of the sums that are right"""
    same = predicted_bits == true_bits
    return same.mean(), same.all(axis=0).mean()


@sum_accuracy.mutant("the mean bit accuracy is reported as the accuracy of the sums. A sum with one wrong "
                     "bit is wrong: ask whether *all* its bits are right")
def bits_reported_as_sums(predicted_bits, true_bits):
    same = predicted_bits == true_bits
    return same.mean(), same.mean(axis=0).mean()


@sum_accuracy.mutant("the two numbers are in the wrong order: first the share of the bits, then the share of "
                     "the sums")
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


@sum_accuracy.mutant("these are the shares of *wrong* bits and sums: count what agrees (==), not what "
                     "differs")
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


# -------------------------------------------------------------------------------------- 3. follow the carry

def carry_cases(rng):
    """3 + 1, which carries twice; a long chain; random pairs."""
    three, one = bits_of(3)[:, 0], bits_of(1)[:, 0]
    yield "3 + 1, which carries out of columns 0 and 1", {"a_bits": three, "b_bits": one}
    yield "127 + 1, 5 + 10 and 86 + 43 side by side (T = 8, B = 3)", {
        "a_bits": bits_of(127, 5, 86), "b_bits": bits_of(1, 10, 43)}
    yield "random pairs (T = 8, B = 6)", {"a_bits": random_bits(rng, 6), "b_bits": random_bits(rng, 6)}


def add_columns(a_bits, b_bits):
    """The schoolbook rule: -> the bits of the sum (T,B), what each column carries into the next (T,B)."""
    carry, total, carried = np.zeros_like(a_bits[0]), [], []
    for a, b in zip(a_bits, b_bits, strict=True):
        ones = a + b + carry
        carry = ones // 2
        total.append(ones % 2)
        carried.append(carry)
    return np.stack(total), np.stack(carried)


@exercise(
    cases=carry_cases, outputs=Output("carries", "T B", whole=True),
    correct="That is all a network has to remember from column to column: one bit.",
    hints=("A column carries 1 if it holds at least two ones. There are three places where a one can come "
           "from.",
           "Go through the columns from t = 0 with carry = 0 before the loop: ones = a_bits[t] + b_bits[t] + "
           "carry.",
           "Then carry = ones // 2, which is 1 for two or three ones. Store it for each t, and np.stack "
           "them."))
def carries(a_bits, b_bits):
    """Bits of a and b, least significant first, (T,) or (T,B) -> what each column carries on, same shape"""
    return add_columns(a_bits, b_bits)[1]


@carries.mutant("this is the carry that comes *into* each column. Asked is what column t hands on to column "
                "t + 1, so store the carry after it is computed")
def carry_in(a_bits, b_bits):
    carried = carries.reference(a_bits, b_bits)
    return np.concatenate([np.zeros_like(carried[:1]), carried[:-1]])


@carries.mutant("the carry that comes in is ignored: 1 + 0 with a carry from before makes a carry too (3 + 1 "
                "carries out of column 0 *and* column 1)")
def ignores_the_incoming_carry(a_bits, b_bits):
    return a_bits & b_bits


@carries.mutant("that is the bit that stays in the column (the sum), not the one that is carried: of three "
                "ones, one stays and one is carried")
def sum_for_carry(a_bits, b_bits):
    return add_columns(a_bits, b_bits)[0]


@carries.mutant("the remainder, ones % 2, is the bit that stays in the column. What is carried is the quotient, "
                "ones // 2")
def remainder_for_quotient(a_bits, b_bits):
    return np.stack(list(_scan(a_bits, b_bits, lambda a, b, carry: (a + b + carry) % 2)))


@carries.mutant("a ^ b (exclusive or) says whether the bits differ. A carry needs at least *two* ones among "
                "a, b and the carry that comes in")
def xor_for_majority(a_bits, b_bits):
    return a_bits ^ b_bits


@carries.mutant("one single 1 is enough for your carry (or); it takes two of the three (at least two ones)")
def or_for_majority(a_bits, b_bits):
    return np.stack(list(_scan(a_bits, b_bits, lambda a, b, carry: a | b | carry)))


@carries.mutant("your carry needs all three ones; two of the three are enough")
def and_for_majority(a_bits, b_bits):
    return np.stack(list(_scan(a_bits, b_bits, lambda a, b, carry: a & b & carry)))


@carries.mutant("once there is a carry, yours never ends: it has to be computed anew in each column")
def never_ends(a_bits, b_bits):
    return np.maximum.accumulate(carries.reference(a_bits, b_bits), axis=0)


@carries.mutant("the columns are read from the wrong end: the first one, t = 0, is worth 1, and the carry "
                "starts there")
def from_the_other_end(a_bits, b_bits):
    return carries.reference(a_bits[::-1], b_bits[::-1])[::-1]


@carries.mutant("these are the numbers of ones in each column (0 to 3). The carry is 1 if there are two or "
                "three: ones // 2")
def counts_the_ones(a_bits, b_bits):
    carried = carries.reference(a_bits, b_bits)
    return a_bits + b_bits + np.concatenate([np.zeros_like(carried[:1]), carried[:-1]])


@carries.mutant("only the last carry comes back: store the carry of every column")
def only_the_last_carry(a_bits, b_bits):
    return carries.reference(a_bits, b_bits)[-1]


def _scan(a_bits, b_bits, rule):
    carry = np.zeros_like(a_bits[0])
    for a, b in zip(a_bits, b_bits, strict=True):
        carry = rule(a, b, carry)
        yield carry


# ----------------------------------------------------------------------------- 4. most significant bit first

msb_first_accuracy = value(
    "msb_first_accuracy", 62.45, tolerance=3.5,
    correct="About 62 % of the bits: that is all anyone can do who reads the highest column first.",
    wrong=[
        (lambda p: 0 < p <= 1, "give it in percent, please: a number between 0 and 100"),
        (lambda p: p >= 96, "the carry comes from columns that have not been read yet. No state, however "
                            "good, can hold what has not come"),
        (lambda p: 46.5 <= p <= 53.5, "better than a coin: the lowest column gets no carry at all, and in "
                                      "the next one a carry comes in only one time in four"),
        (lambda p: 71.5 <= p <= 78.5, "a carry comes in less often than not, but nearly half of the time in "
                                      "the high columns: for most columns the best guess is right little "
                                      "more than half of the time"),
        (lambda p: not 0 < p < 100, "a share of bits in percent lies between 0 and 100"),
    ],
    otherwise="In each column the best guess is: no carry comes in. How often is that right, for the lowest "
              "column, for the next, and so on? Take the mean over the 8 columns",
    hints=("Reading from the highest bit, what is missing when a bit of the sum has to be given?",
           "Without the carry the best guess is a ≠ b. It is wrong whenever a carry comes in. The lowest "
           "column never gets one; the next one gets one for 1 pair of bits out of 4.",
           "With k columns below, no carry comes in with probability ½ + ½ᵏ⁺¹: 1, ¾, ⅝, … Average these over "
           "the 8 columns."))

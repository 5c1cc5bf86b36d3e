"""Lesson 02, exercises 3 and 5: what each column hands on, and what is known before it comes.

Bits are columns, least significant first.
"""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value
from lstm_course.lessons.l02_binary_addition.judging import BITS, bits_of


def random_bits(rng, sequences):
    """Bits (T,B) of random addends, with room for the last carry."""
    bits = rng.integers(0, 2, (BITS, sequences))
    bits[-1] = 0
    return bits


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
    hints=("A column carries 1 if it holds at least two ones. There are three places where a one can come from.",
           "Go through the columns from t = 0 with carry = 0 before the loop: ones = a_bits[t] + b_bits[t] + carry.",
           "Then carry = ones // 2, which is 1 for two or three ones. Store it for each t, and np.stack them."))
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


@carries.mutant("three ones carry, too: yours carries for exactly two, == 2. It takes *at least* two")
def exactly_two(a_bits, b_bits):
    return np.stack(list(_scan(a_bits, b_bits, lambda a, b, carry: (a + b + carry == 2) * 1)))


@carries.mutant("all of yours are 0. Does your carry need all three ones? Two are enough. Or is one array "
                "changed in place and appended many times? Then all entries are the last carry: make a new one, "
                "carry = (a + b + carry) // 2")
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


@carries.mutant("a 0 stands in front: the carry that comes into column 0. Wanted is what each of the T columns hands "
                "on, so begin the list empty")
def zero_in_front(a_bits, b_bits):
    carried = carries.reference(a_bits, b_bits)
    return np.concatenate([np.zeros_like(carried[:1]), carried])


@carries.mutant("`any` lets one sum decide for all B that stand side by side. Each has a carry of its own: let "
                "arithmetic or np.where answer for each")
def any_of_the_sums(a_bits, b_bits):
    return np.stack(list(_scan(a_bits, b_bits, lambda a, b, carry: 0 * a + np.any(a + b + carry >= 2))))


@carries.mutant("`all` lets all B sums decide together. Each has a carry of its own: let arithmetic or np.where answer "
                "for each")
def all_of_the_sums(a_bits, b_bits):
    return np.stack(list(_scan(a_bits, b_bits, lambda a, b, carry: 0 * a + np.all(a + b + carry >= 2))))


@carries.mutant("your carry gets through one column only: what comes in has to be the whole carry of the column "
                "before, not only where that column holds two ones")
def through_one_column(a_bits, b_bits):
    both = a_bits & b_bits
    return (a_bits + b_bits + np.concatenate([0 * both[:1], both[:-1]])) // 2


@carries.mutant("with three ones yours becomes 3, since a · b, a · carry and b · carry all count. A carry is 0 or 1: "
                "the ones are to be added, then // 2; or put | for +")
def products_added(a_bits, b_bits):
    return np.stack(list(_scan(a_bits, b_bits, lambda a, b, carry: a * b + carry * (a + b))))


@carries.mutant("the old carry is added to the new one, so that it never ends. It belongs with the two bits, before "
                "the division: (a + b + carry) // 2")
def carry_outside_the_division(a_bits, b_bits):
    return np.stack(list(_scan(a_bits, b_bits, lambda a, b, carry: (a + b) // 2 + carry)))


def _scan(a_bits, b_bits, rule):
    carry = np.zeros_like(a_bits[0])
    for a, b in zip(a_bits, b_bits, strict=True):
        carry = rule(a, b, carry)
        yield carry


# ----------------------------------------------------------------------------- More: most significant bit first

msb_first_accuracy = value(
    "msb_first_accuracy", 62.45, tolerance=1,
    correct="62.45 % of the bits: that is all anyone can do who reads the highest column first.",
    wrong=[
        (lambda p: 0 < p <= 1, "give it in percent, please: a number between 0 and 100"),
        (lambda p: p >= 96, "the carry comes from columns that have not been read yet. No state, however "
                            "good, can hold what has not come"),
        (lambda p: 46.5 <= p <= 53.5, "better than a coin: the lowest column gets no carry at all, and in "
                                      "the next one a carry comes in only one time in four"),
        (lambda p: 71.5 <= p <= 78.5, "a carry comes in less often than not, but nearly half of the time in "
                                      "the high columns: for most columns the best guess is right little "
                                      "more than half of the time"),
        (lambda p: abs(p - 64.17) < 0.2, "that is the mean over 7 columns. The sum has 8: into the highest one a "
                                         "carry comes in nearly half of the time"),
        (lambda p: abs(p - 56.23) < 0.2, "each column is one place off: into the lowest one no carry comes in, so its "
                                         "bit is always right"),
        (lambda p: not 0 < p < 100, "a share of bits in percent lies between 0 and 100"),
    ],
    otherwise="In each column the best guess is: no carry comes in. How often is that right, for the lowest "
              "column, for the next, and so on? Take the mean over the 8 columns",
    hints=("Reading from the highest bit, what is missing when a bit of the sum has to be given?",
           "Without the carry the best guess is a ≠ b. It is wrong whenever a carry comes in. The lowest "
           "column never gets one; the next one gets one for 1 pair of bits out of 4.",
           "With k columns below, no carry comes in with probability ½ + ½ᵏ⁺¹: 1, ¾, ⅝, … Average these over "
           "the 8 columns."))

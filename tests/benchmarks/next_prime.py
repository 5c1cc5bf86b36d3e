"""The next-prime network of article 003 to iteration 9000, where its last figure stands. By hand, 10 to 20 s:

    python -m tests.benchmarks.next_prime
"""

import sys
import time

from lstm_course.experiments.next_prime import train
from lstm_course.tasks.primes import next_prime

PRINTED = {0: 0.17973085380850418, 1000: 3.92397e-4, 9000: 1.05172e-06}     # to the digits that the sources give


def main():
    """Train, print the losses, and stop with an error if one is off."""
    start = time.perf_counter()
    _, losses = train(*next_prime(), 0, max(PRINTED) + 1)
    print(f"{len(losses)} iterations in {time.perf_counter() - start:.1f} s")
    for iteration, expected in PRINTED.items():
        error = abs(losses[iteration] / expected - 1)
        print(f"iteration {iteration}: loss {losses[iteration]:.8g}, expected {expected:.6g}, off by {error:.1e}")
        if error > 1e-5:
            sys.exit("expected at most 1e-5")


if __name__ == "__main__":
    main()

"""How long an explorer takes from a changed control to its new picture, in this process, and how large the picture is.

    OPENBLAS_NUM_THREADS=1 python tests/benchmarks/drawing.py [NAME ...]

Processor time, the fastest of some changes of the first slider or choice: on a quiet machine 1 to 4 ms each.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lstm_course import explorers  # noqa: E402


def other_values(control):
    """Some values of a control to go through."""
    if hasattr(control, "options"):
        return list(control.options.values())
    low, high = getattr(control, "low", 0), getattr(control, "high", 1)
    return [low + (high - low) * k / 7 for k in range(8)]


def fastest(explorer, name, values, rounds=3):
    """The processor seconds of the fastest change."""
    times = []
    for value in [*values] * rounds:
        start = time.process_time()
        explorer.set(**{name: value})
        times.append(time.process_time() - start)
    return min(times)


def main(names):
    print(f"{'explorer':24s} {'control':12s} {'ms':>6s} {'kB':>6s}")
    for name in names or explorers.places()["explorer"]:
        explorer = getattr(explorers, name)()
        if explorer.predict:
            explorer.reveal()
        control = next(iter(explorer.controls.values()))
        spent = fastest(explorer, control.name, other_values(control))
        size = len(explorer.picture.value.encode()) / 1000
        print(f"{name:24s} {control.name:12s} {1000 * spent:6.1f} {size:6.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""How much `import lstm_course` adds to NumPy's own import. Run by hand:  python -m tests.benchmarks.import_time

From `python -X importtime` in fresh processes: what the package itself and what only it loads cost. The goal is
30 ms; no test asks for it, since shared machines are noisy (a test asks which modules are loaded).
"""

import platform
import re
import statistics
import subprocess
import sys

GOAL, ROUNDS = 30.0, 15


def added():
    """Milliseconds that the package adds in one fresh process."""
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", "import numpy; import lstm_course"],
                          capture_output=True, text=True, check=True)
    [total] = re.findall(r"import time:\s+\d+ \|\s+(\d+) \| lstm_course$", done.stderr, flags=re.M)
    return int(total) / 1000


def main():
    """Prints the table."""
    added()                                     # the first run compiles
    times = sorted(added() for _ in range(ROUNDS))
    print(f"import lstm_course after NumPy, Python {platform.python_version()}, {ROUNDS} fresh processes")
    print(f"median {statistics.median(times):.1f} ms, {times[0]:.1f} to {times[-1]:.1f} ms (goal: under {GOAL:.0f} ms)")


if __name__ == "__main__":
    main()

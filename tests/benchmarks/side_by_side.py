"""Speed of the layers of two checkouts of this repository, forward + backward, on one core. Run by hand:

    python tests/benchmarks/side_by_side.py ../old .                     # every case, about three minutes
    python tests/benchmarks/side_by_side.py ../old . --cases tiny mid --kinds lstm32 --rounds 21

Each checkout runs in a process of its own, both pinned to the same core, with one thread each and the tuned C allocator
of speed.py. In every round a measurement asks both, one directly after the other, in random order; the clock is
the CPU time. Printed: first checkout's time / second's, median over the rounds (interquartile range / median); above 1
the second is faster.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from speed import CASES, KINDS, ONE_THREAD, TUNED_MALLOC, USUAL_KINDS

LEAST = 0.05                    # seconds of work in one measurement


def work_of(case, kind):
    """One forward and backward pass as a function without arguments."""
    import numpy as np

    import lstm_course

    (T, B, I, H), (_, name, dtype), rng = CASES[case], KINDS[kind], np.random.default_rng(0)
    layer = getattr(lstm_course, name)(I, H, rng=rng, dtype=np.dtype(dtype))
    x, grad = (rng.standard_normal((T, B, size)).astype(dtype) for size in (I, H))
    return lambda: layer.backward(layer.forward(x), grad)


def serve(root):
    """Answer each line "case|kind" with the seconds of CPU time that one pass takes."""
    sys.path.insert(0, root)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ready = {}
    for line in sys.stdin:
        if line not in ready:
            work = work_of(*line.strip().split("|"))
            ready[line] = work, max(1, round(LEAST / max(timed(work, 2), 1e-6)))
        print(timed(*ready[line]), flush=True)


def timed(work, repeats):
    """The mean CPU time of so many calls."""
    start = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - start) / repeats


def ratio(servers, question, rounds):
    """First time / second: (median, spread); the first round only warms up."""
    found = []
    for _ in range(rounds + 1):
        seconds = {}
        for which in random.sample((0, 1), 2):
            servers[which].stdin.write(question + "\n")
            servers[which].stdin.flush()
            seconds[which] = float(servers[which].stdout.readline())
        found.append(seconds[0] / seconds[1])
    low, middle, high = statistics.quantiles(found[1:], n=4)
    return middle, (high - low) / middle


def main():
    parser = argparse.ArgumentParser(description="Speed of two checkouts, forward + backward, on one core.")
    parser.add_argument("checkouts", nargs=2, type=Path)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(USUAL_KINDS))
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    environment = {name: value for name, value in os.environ.items() if name not in ("OPENBLAS_CORETYPE", "PYTHONPATH")}
    servers = [subprocess.Popen([sys.executable, __file__, "--serve", str(root.resolve())], text=True,
                                env=environment | ONE_THREAD | TUNED_MALLOC, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE) for root in options.checkouts]
    print(f"| case (T, B, I, H) | {' | '.join(KINDS[kind][0] for kind in options.kinds)} |")
    print(f"|{' --- |' * (len(options.kinds) + 1)}")
    for case in options.cases:
        cells = [ratio(servers, f"{case}|{kind}", options.rounds) for kind in options.kinds]
        cells = " | ".join(f"{middle:.2f} ({100 * spread:.0f} %)" for middle, spread in cells)
        print(f"| {case} {CASES[case]} | {cells} |", flush=True)
    for server in servers:
        server.stdin.close()
        server.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        main()

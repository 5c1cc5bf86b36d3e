"""python -m lstm_course.experiments [NAME …]: list the experiments, or run some and store their results."""

import sys
import time

from lstm_course import experiments


def main(chosen):
    """Run the chosen experiments, or list all; 1 if there is no such experiment."""
    unknown = [name for name in chosen if name not in experiments.names()]
    if unknown:
        print(f"There is no experiment {unknown[0]!r}, but {', '.join(experiments.names())}.", file=sys.stderr)
        return 1
    for name in chosen or experiments.names():
        if not chosen:
            print(f"{name:28} {experiments.experiment(name).__doc__.splitlines()[0]}")
            continue
        start = time.perf_counter()
        results = experiments.store(name)
        size = experiments.path(name).stat().st_size / 1000
        print(f"{name}: {', '.join(results)} ({size:.0f} kB, {time.perf_counter() - start:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

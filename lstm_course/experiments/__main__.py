"""List the experiments, or run some and store their results.

python -m lstm_course.experiments                    list them; says which results were made by other code
python -m lstm_course.experiments NAME …             run them and store their results
python -m lstm_course.experiments --same NAME …      keep the results: other code, but its tests replay them
"""

import sys
import time

from lstm_course import experiments


def main(given):
    """Run the chosen experiments, or list all; 1 if there is no such experiment."""
    keep, chosen = "--same" in given, [name for name in given if name != "--same"]
    unknown = [name for name in chosen if name not in experiments.names()]
    if unknown or (keep and not chosen):
        wrong = f"There is no experiment {unknown[0]!r}, but" if unknown else "--same needs a name:"
        print(f"{wrong} {', '.join(experiments.names())}.", file=sys.stderr)
        return 1
    for name in chosen:
        start = time.perf_counter()
        results = experiments.store(name, experiments.load(name) if keep else None)
        size = experiments.path(name).stat().st_size / 1000
        print(f"{name}: {', '.join(results)} ({size:.0f} kB, {time.perf_counter() - start:.1f} s)")
    if not chosen:
        _list()
    return 0


def _list():
    for name in experiments.names():
        print(f"{name:20} {experiments.experiment(name).__doc__.splitlines()[0]}")
        if not experiments.path(name).exists():
            print(f"{'':20} not run yet: python -m {experiments.__name__} {name}")
        elif not experiments.up_to_date(name):
            print(f"{'':20} out of date, made by other code: python -m {experiments.__name__} {name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

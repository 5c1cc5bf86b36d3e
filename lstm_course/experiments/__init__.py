"""The experiments whose results are stored, because they take longer than a lesson can wait.

Each is a module with `run() -> {name: array}`; its docstring's first line says what it finds out. Its results
stand beside it as NAME.npz.

    python -m lstm_course.experiments              # list them
    python -m lstm_course.experiments NAME         # run one and store its results

    results = experiments.load("adder_checkpoints")
"""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent


def names():
    """All experiments, in alphabetical order."""
    modules = pkgutil.iter_modules([str(FOLDER)])
    return sorted(module.name for module in modules if not module.ispkg and module.name != "__main__")


def experiment(name):
    """The module of an experiment."""
    if name not in names():
        raise ValueError(f"there is no experiment {name!r}, expected one of {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")


def path(name):
    """Where the results of an experiment are stored."""
    return FOLDER / f"{name}.npz"


@cache
def load(name):
    """The stored results of an experiment: {name: array}; the arrays cannot be changed."""
    if not path(name).exists():
        experiment(name)
        raise ValueError(f"{name} has no stored results yet: python -m {__name__} {name}")
    with np.load(path(name), allow_pickle=False) as stored:
        results = {key: stored[key] for key in stored.files}
    for array in results.values():
        array.flags.writeable = False
    return results


def store(name):
    """Run an experiment and store its results -> the results."""
    results = experiment(name).run()
    np.savez_compressed(path(name), **results)
    load.cache_clear()
    return results

"""The experiments whose results are stored, because they take longer than a lesson can wait.

Each is a module with `run() -> {name: array}`; its docstring's first line says what it finds out, the others what is
expected and how long it takes. Its results stand beside it as NAME.npz, with the settings and a fingerprint of the
code that made them. A training that diverges raises FloatingPointError; in a race that run ends there instead.

    python -m lstm_course.experiments              # list them, and say which are out of date
    python -m lstm_course.experiments NAME         # run one and store its results

    results = experiments.load("adder_checkpoints")
"""

import importlib
import json
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from lstm_course.experiments.shared.record import fingerprint, settings

FOLDER = Path(__file__).resolve().parent
FORMER = {"forecast_court": "airline_networks"}         # names of the first edition, for older notebooks
RECORD = "record"                       # the key of what a stored result remembers of its making: a JSON text


def names() -> list[str]:
    """All experiments, in alphabetical order."""
    modules = pkgutil.iter_modules([str(FOLDER)])
    return sorted(module.name for module in modules if not module.ispkg and module.name != "__main__")


def experiment(name: str) -> ModuleType:
    """The module of an experiment; ValueError if there is none of this name."""
    if name not in names():
        raise ValueError(f"there is no experiment {name!r}, expected one of {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")


def path(name: str) -> Path:
    """Where the results of an experiment are stored."""
    return FOLDER / f"{name}.npz"


@cache
def _stored(name: str) -> dict[str, np.ndarray]:
    if not path(name).exists():
        experiment(name)
        raise ValueError(f"{name} has no stored results yet: python -m {__name__} {name}")
    with np.load(path(name), allow_pickle=False) as stored:
        results = {key: stored[key] for key in stored.files}
    for array in results.values():
        array.flags.writeable = False
    return results


@cache
def load(name: str) -> dict[str, np.ndarray]:
    """The stored results of an experiment: {name: array}; the arrays cannot be changed.

    ValueError if there is no such experiment, or nothing is stored yet.
    """
    return {key: array for key, array in _stored(FORMER.get(name, name)).items() if key != RECORD}


def record(name: str) -> dict[str, Any]:
    """How the stored results were made: "code", the fingerprint, and "settings"; {} if they do not say."""
    return json.loads(str(_stored(name).get(RECORD, "{}")))


def up_to_date(name: str) -> bool:
    """Were the stored results made by the code that stands there now?"""
    return record(name).get("code") == fingerprint(experiment(name).__name__)


def store(name: str, results: dict[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
    """Store results with their record -> the results. Without results the experiment is run for them.

    Given results are those of `load`: when its tests have shown that other code computes the same.
    """
    module = experiment(name)
    results = module.run() if results is None else results
    made = {"code": fingerprint(module.__name__), "settings": settings(module)}
    arrays: dict[str, Any] = {**results, RECORD: np.array(json.dumps(made, ensure_ascii=False))}
    np.savez_compressed(path(name), **arrays)
    load.cache_clear()
    _stored.cache_clear()
    return results

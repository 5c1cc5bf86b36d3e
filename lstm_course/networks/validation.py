"""Checks of what comes in. Each error names the argument, says what was expected and what came.

The letters of a shape: T steps, B sequences, I inputs, H hidden units, O outputs, V tokens, E embedding size.
"""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def check_size(name: str, value: Any) -> int:
    """A positive whole number, returned as int."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} is {value!r} ({type(value).__name__}), expected a whole number, for example 16")
    if value < 1:
        raise ValueError(f"{name} is {value}, expected at least 1")
    return int(value)


def check_number(name: str, value: Any, low: float = -np.inf, high: float = np.inf) -> float:
    """A finite number in [low, high], returned as float."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} is {value!r} ({type(value).__name__}), expected a number")
    if not np.isfinite(float(value)) or not low <= float(value) <= high:
        raise ValueError(f"{name} is {value}, expected a finite number from {low} to {high}")
    return float(value)


def check_flag(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {value!r} ({type(value).__name__}), expected True or False")
    return bool(value)


def check_option(name: str, value: Any, options: tuple[str, ...]) -> str:
    """One of the named options."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r} ({type(value).__name__}), expected one of {', '.join(options)}")
    if value not in options:
        raise ValueError(f"{name} is {value!r}, expected one of {', '.join(map(repr, options))}")
    return value


def check_dtype(dtype: Any) -> np.dtype:
    """np.float32 or np.float64, as a NumPy dtype."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"dtype is {dtype!r}, expected np.float32 or np.float64") from None
    if found not in FLOATS:
        raise TypeError(f"dtype is {found}, expected np.float32 or np.float64")
    return found


def check_rng(rng: Any) -> np.random.Generator:
    """A NumPy random generator from a generator, a whole number (the seed) or None (new random numbers)."""
    if rng is None or isinstance(rng, np.random.Generator):
        return rng or np.random.default_rng()
    if isinstance(rng, bool | np.bool_) or not isinstance(rng, numbers.Integral):
        raise TypeError(f"rng is {rng!r} ({type(rng).__name__}), expected a numpy.random.Generator "
                        "or a whole number, for example rng=0")
    if rng < 0:
        raise ValueError(f"rng is {rng}, expected a seed of at least 0")
    return np.random.default_rng(int(rng))


def check_array(name: str, value: Any, shape: str, dtype: Any, **sizes: int) -> np.ndarray:
    """A finite float array of the given shape, returned in the layer's dtype.

    shape: letters, as "T B I"; sizes: the letters whose size is known, as I=28. The other sizes are free,
    but at least 1. float32 and float64 are converted into each other; integers and other dtypes are refused,
    because they are nearly always a mistake.
    """
    check_float(name, value)
    letters = shape.split()
    if value.ndim != len(letters) or any(
            sizes.get(letter, size) != size for letter, size in zip(letters, value.shape, strict=True)):
        raise ValueError(f"{name} has shape {value.shape}, expected {_shape_text(letters, sizes)}")
    if value.size == 0:
        raise ValueError(f"{name} has shape {value.shape}, expected at least 1 along every axis")
    check_finite(name, value)
    return value.astype(dtype, copy=False)


def check_float(name: str, value: Any) -> None:
    """A NumPy array of float32 or float64."""
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{name} is of type {type(value).__name__}, expected a NumPy array of floats; "
                        f"np.asarray({name}, dtype=float) makes one of lists")
    if value.dtype not in FLOATS:
        raise TypeError(f"{name} has dtype {value.dtype}, expected float64 or float32; "
                        f"{name}.astype(float) converts whole numbers")


def check_finite(name: str, value: Any) -> None:
    """No NaN and no infinity anywhere."""
    if not np.isfinite(value).all():
        where = tuple(map(int, np.argwhere(~np.isfinite(value))[0]))
        raise ValueError(f"{name} holds {value[where]} at index {where}, expected finite numbers only")


def _shape_text(letters, sizes):
    shape = f"({', '.join(letters)}{',' if len(letters) == 1 else ''})"
    known = ", ".join(f"{letter} = {sizes[letter]}" for letter in letters if letter in sizes)
    return shape + (f" with {known}" if known else "")


def check_lengths(lengths: Any, steps: int, batch: int) -> np.ndarray | None:
    """Whole numbers, one per sequence, 1 ≤ lengths[b] ≤ T, returned as an intp array (B,); None stays None."""
    if lengths is None:
        return None
    if not isinstance(lengths, np.ndarray | list | tuple):
        raise TypeError(f"lengths is of type {type(lengths).__name__}, expected {batch} whole numbers, (B,)")
    array = np.asarray(lengths)
    if array.dtype.kind not in "iu":
        raise TypeError(f"lengths has dtype {array.dtype}, expected whole numbers (an integer dtype)")
    if array.shape != (batch,):
        raise ValueError(f"lengths has shape {array.shape}, expected (B,) with B = {batch}")
    if array.min() < 1 or array.max() > steps:
        wrong = array[(array < 1) | (array > steps)][0]
        raise ValueError(f"lengths holds {wrong}, expected whole numbers from 1 to T = {steps}")
    return array.astype(np.intp)


def valid_steps(lengths: np.ndarray, steps: int) -> np.ndarray:
    """(T,B), True where step t belongs to sequence b."""
    return np.arange(steps)[:, None] < lengths


def check_tuple(name: str, value: Any, size: int, meaning: str) -> tuple:
    """A tuple (or list) of `size` parts; None stands for as many Nones."""
    if value is None:
        return (None,) * size
    if not isinstance(value, tuple | list):
        raise TypeError(f"{name} is of type {type(value).__name__}, expected a tuple {meaning}")
    if len(value) != size:
        raise ValueError(f"{name} has {len(value)} parts, expected {size}: {meaning}")
    return tuple(value)


def check_parameters(parameters: dict, shapes: dict[str, tuple]) -> None:
    """The layer's arrays still have their names and shapes (an optimizer or a student may have replaced them)."""
    for name, shape in shapes.items():
        found = np.shape(parameters[name]) if name in parameters else None
        if found != shape:
            raise ValueError(f"parameters[{name!r}] has shape {found}, expected {shape}; "
                             f"write into it with parameters[{name!r}][:] = ...")

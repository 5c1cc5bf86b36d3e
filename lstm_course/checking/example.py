"""Code that shows where an answer fails: the smallest case, its inputs and both results, ready for a cell."""

import numpy as np

MOST = 60           # numbers of an array that are still written out


def example(exercise, function, trial):
    """The code, as one text."""
    name = getattr(function, "__name__", "") or exercise.name
    name = name if name.isidentifier() else "your_function"
    lines = [f"# {exercise.name}, {trial.title}"]
    for key, value in trial.arguments.items():
        lines.append(f"{key} = {_written(value)}")
    shown = [f"{output.name} = {_written(part)}" for output, part in zip(exercise.outputs, trial.expected, strict=True)]
    lines += ["", f"{name}({', '.join(trial.arguments)})", *(f"# right: {_comment(line)}" for line in shown)]
    if trial.comparable:
        shown = [f"{output.name} = {_written(part)}" for output, part in zip(exercise.outputs, trial.got, strict=True)]
        lines += [f"# yours: {_comment(line)}" for line in shown]
    elif trial.run.error is not None:
        lines.append(f"# yours: {type(trial.run.error).__name__}")
    return "\n".join(lines)


def _comment(words):
    return words.replace("\n", "\n#        ")


def _written(value):
    """A value as code."""
    if isinstance(value, np.ndarray) and value.size <= MOST:
        with np.printoptions(threshold=MOST + 1, precision=6, suppress=False):
            return "np." + repr(value).replace("dtype=", "dtype=np.") if value.ndim else repr(value.item())
    if isinstance(value, np.ndarray):
        return f"np.zeros({value.shape})        # {value.size} numbers: too many to write down"
    if isinstance(value, list | tuple) and len(value) <= 8:
        inside = ", ".join(map(_written, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    if callable(value) or type(value).__module__ not in ("builtins", "numpy"):
        return f"...        # {getattr(value, '__name__', type(value).__name__)}, as the exercise describes it"
    return repr(value.item() if isinstance(value, np.generic) else value)

"""Files of a student: written as a whole or not at all, by one kernel at a time, and never over what is there."""

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

SECONDS = 5.0               # how long a kernel waits for another one that writes


def free_name(path: Path, word: str) -> Path:
    """A name beside a file that is not taken: progress.broken.json, progress.broken-2.json, …"""
    ends = (f".{word}{'' if number == 1 else f'-{number}'}" for number in itertools.count(1))
    return next(name for end in ends if not (name := path.with_name(f"{path.stem}{end}{path.suffix}")).exists())


def replace(path: Path, data: bytes) -> None:
    """Write a file as a whole: whatever happens, it is the old one or the new one. OSError if that fails."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with open(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):          # no such file yet, or a disk without modes
            shutil.copymode(path, name)             # mkstemp's mode is for the owner alone
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone with the file, by a lock beside it that ends with its process. OSError if another holds it for long."""
    from filelock import FileLock  # here: `python -m lstm_course check` runs without it, and says that it is missing

    with FileLock(path.with_name(f"{path.name}.lock"), timeout=SECONDS):
        yield


def shown(path: Path | str | None) -> str:
    """A path as one would say it: ~/my-course/…"""
    with contextlib.suppress(ValueError, RuntimeError):
        return f"~/{Path(path or '').relative_to(Path.home()).as_posix()}"
    return str(path)

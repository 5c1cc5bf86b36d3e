"""Handwritten digits, MNIST: 5 000 real images that come with the course, and a reader for the complete files.

LeCun, Bottou, Bengio & Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998. An image is
28 x 28 pixels, 0 (background) to 255 (ink). Where the 5 000 come from stands in data/NOTICE.txt.

    train, test = mnist.split(*mnist.load())
    x = mnist.rows(train.images)                # (28, 4000, 28): one row of pixels a step
"""

import gzip
import zlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

STORED = Path(__file__).resolve().parent / "data" / "mnist_5000.npz"
SIZE, CLASSES, TEST_A_CLASS = 28, 10, 100
UNSIGNED_BYTES = 8              # the code of uint8 in the IDX format, the only one that MNIST uses
FILES = {"train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
         "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")}


class Digits(NamedTuple):
    """images (N,28,28) uint8 and labels (N,) uint8, 0 to 9."""

    images: Any
    labels: Any


# ------------------------------------------------------------------------------------ the 5 000 of the course

@cache
def load() -> Digits:
    """The 5 000 images of the course, 500 of each class, in turns 0, 1, … 9, 0, 1, … -> Digits, read-only."""
    with np.load(STORED, allow_pickle=False) as stored:
        digits = Digits(stored["images"], stored["labels"])
    for array in digits:
        array.flags.writeable = False
    return digits


def split(images: np.ndarray, labels: np.ndarray, test_a_class: int = TEST_A_CLASS) -> tuple[Digits, Digits]:
    """-> Digits to train on, Digits to test on: the last `test_a_class` of each class are the test."""
    smallest = np.bincount(labels, minlength=CLASSES).min()
    if not 0 < test_a_class < smallest:
        raise ValueError(f"test_a_class is {test_a_class}, expected 1 to {smallest - 1}: "
                         f"the smallest class has {smallest} images")
    test = np.zeros(len(labels), dtype=bool)
    for digit in range(CLASSES):
        test[np.flatnonzero(labels == digit)[-test_a_class:]] = True
    return Digits(images[~test], labels[~test]), Digits(images[test], labels[test])


# --------------------------------------------------------------------------------------- images as sequences

def rows(images: np.ndarray, order: Any = None, dtype: Any = np.float64) -> np.ndarray:
    """Images (B,28,28) -> x (28,B,28), 0.0 to 1.0: step t is row t, or row order[t]."""
    x = _scaled(images, dtype).transpose(1, 0, 2)
    return np.ascontiguousarray(x if order is None else x[order])


def pixels(images: np.ndarray, order: Any = None, shrink: int = 2, dtype: Any = np.float64) -> np.ndarray:
    """Images (B,28,28) -> x (T,B,1): pixel by pixel, line by line, or in another order of the T pixels.

    Before that, blocks of shrink x shrink pixels are averaged: T = 784, 196 or 49 for shrink 1, 2 or 4.
    """
    if shrink not in (1, 2, 4, 7, 14):
        raise ValueError(f"shrink is {shrink!r}, expected 1, 2, 4, 7 or 14, which divide {SIZE}")
    scaled, side = _scaled(images, dtype), SIZE // shrink
    small = scaled.reshape(-1, side, shrink, side, shrink).mean(axis=(2, 4))
    x = small.reshape(len(images), side * side).T[:, :, None]
    return np.ascontiguousarray(x if order is None else x[order])


def _scaled(images, dtype):
    images = np.asarray(images)
    if images.ndim != 3 or images.shape[1:] != (SIZE, SIZE):
        raise ValueError(f"images has shape {images.shape}, expected (B, {SIZE}, {SIZE})")
    if images.dtype != np.uint8:
        raise TypeError(f"images has dtype {images.dtype}, expected uint8, 0 to 255")
    return images.astype(dtype) / np.dtype(dtype).type(255)


# ----------------------------------------------------------------------------------------- the complete files

def load_idx(folder: str | Path, part: str = "train") -> Digits:
    """The complete MNIST, if its four files are in a folder -> Digits. part: "train" (60 000) or "test" (10 000).

    The files may be as they were published (.gz) or unpacked; "train-images.idx3-ubyte" is understood as well.
    """
    if part not in FILES:
        raise ValueError(f"part is {part!r}, expected one of {', '.join(map(repr, FILES))}")
    images, labels = (_find(Path(folder), name) for name in FILES[part])
    digits = Digits(read_idx(images, axes=3), read_idx(labels, axes=1))
    if digits.images.shape[1:] != (SIZE, SIZE):
        raise ValueError(f"{images.name} holds images of {digits.images.shape[1:]} pixels, expected ({SIZE}, {SIZE})")
    if len(digits.images) != len(digits.labels):
        raise ValueError(f"{images.name} holds {len(digits.images)} images, but {labels.name} holds "
                         f"{len(digits.labels)} labels: these two files do not belong together")
    if digits.labels.max(initial=0) >= CLASSES:
        raise ValueError(f"{labels.name} holds the label {digits.labels.max()}, expected 0 to 9")
    return digits


def _find(folder, name):
    """The path of a file under one of its usual names."""
    names = [other + end for other in (name, name.replace("-idx", ".idx")) for end in ("", ".gz")]
    for candidate in names:
        if (folder / candidate).is_file():
            return folder / candidate
    raise FileNotFoundError(f"{folder} holds none of {', '.join(names)}")


def read_idx(path: str | Path, axes: int | None = None) -> np.ndarray:
    """A file in the IDX format, plain or gzip -> an array of uint8. axes: how many it must have, if known.

    The file begins with 0, 0, 8 (for uint8), the number of axes, and the size of each axis (4 bytes, the
    highest first); the numbers follow, the last axis fastest.
    """
    path = Path(path)
    content = _unpacked(path)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise ValueError(f"{path.name} is no IDX file: it begins with {content[:4].hex(' ') or 'nothing'}, "
                         "expected 00 00 08 and the number of axes")
    if content[2] != UNSIGNED_BYTES:
        raise ValueError(f"{path.name} holds numbers of type {content[2]:#04x}, expected 0x08 (uint8) as in MNIST")
    found = content[3]
    if found < 1 or (axes is not None and found != axes):
        raise ValueError(f"{path.name} has {found} axes, expected {axes or 'at least 1'}"
                         f"{_mixed_up(found, axes)}")
    start = 4 + 4 * found
    if len(content) < start:
        raise ValueError(f"{path.name} is truncated: it ends after {len(content)} bytes, inside its head")
    shape = [int.from_bytes(content[k:k + 4], "big") for k in range(4, start, 4)]
    size = int(np.prod(shape, dtype=object))
    if len(content) - start < size:
        product = f"{' × '.join(map(str, shape))} = " if found > 1 else ""
        raise ValueError(f"{path.name} is truncated: its head promises {product}{size} bytes, "
                         f"but only {len(content) - start} follow; download it again")
    if len(content) - start > size:
        raise ValueError(f"{path.name} is damaged: its head promises {size} bytes, but {len(content) - start} follow")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _unpacked(path):
    """The bytes of a file, unpacked if they are gzip (which the first two bytes tell, not the name)."""
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except EOFError:
        raise ValueError(f"{path.name} is truncated: the gzip file ends too early; download it again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path.name} is damaged: gzip cannot unpack it ({error}); download it again") from None


def _mixed_up(found, wanted):
    """A word to who took the labels for the images."""
    kinds = {1: "labels", 3: "images"}
    return f" (these are {kinds[found]}, not {kinds[wanted]})" if {found, wanted} == {1, 3} else ""

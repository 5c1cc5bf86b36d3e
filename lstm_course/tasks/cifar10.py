"""CIFAR-10: a reader for students who have the files. The course neither holds nor downloads them.

60 000 colour images of 32 x 32 pixels in ten classes (Krizhevsky, *Learning Multiple Layers of Features from Tiny
Images*, 2009). Wanted is the binary version, six files: data_batch_1.bin to data_batch_5.bin, and test_batch.bin.

    train, test = cifar10.load(folder), cifar10.load(folder, "test")
    mean, std = cifar10.channel_statistics(train.images)
    x = cifar10.normalise(train.images, mean, std)              # (50000,3,32,32), each channel with mean 0
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SIZE, CHANNELS = 32, 3
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FILES = {"train": tuple(f"data_batch_{k}.bin" for k in range(1, 6)), "test": ("test_batch.bin",)}
RECORD = 1 + CHANNELS * SIZE * SIZE             # bytes of an image: its label, then its red, green and blue pixels
RECORDS = 10_000                                # images in each file, as published


class Images(NamedTuple):
    """images (N,3,32,32) uint8, channels red, green, blue, and labels (N,) uint8, 0 to 9."""

    images: Any
    labels: Any


def load(folder: str | Path, part: str = "train", records: int | None = RECORDS) -> Images:
    """All images of a part -> Images. part: "train" (5 files) or "test" (1 file); records: images in each file."""
    if part not in FILES:
        raise ValueError(f"part is {part!r}, expected one of {', '.join(map(repr, FILES))}")
    parts = [read(_find(Path(folder), name), records) for name in FILES[part]]
    return Images(np.concatenate([one.images for one in parts]), np.concatenate([one.labels for one in parts]))


def read(path: str | Path, records: int | None = RECORDS) -> Images:
    """One file of the binary version -> Images. records: how many images it must hold; None takes any number."""
    path = Path(path)
    content = path.read_bytes()
    _check_size(path.name, content, records)
    table = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    labels = table[:, 0]
    if labels.max() >= len(CLASSES):
        where = int((labels >= len(CLASSES)).argmax())
        raise ValueError(f"{path.name} has the label {labels[where]} at image {where}, expected 0 to 9: "
                         "this is no file of CIFAR-10, or it is damaged")
    return Images(table[:, 1:].reshape(-1, CHANNELS, SIZE, SIZE).copy(), labels.copy())


def _check_size(name, content, records):
    """The file has the right length, and is no other version."""
    if content[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04"):
        raise ValueError(f"{name} is of the version for Python (pickle), expected the binary version, "
                         "data_batch_1.bin to test_batch.bin")
    if content[:2] == b"\x1f\x8b":
        raise ValueError(f"{name} is still packed (gzip): unpack it first")
    wanted = None if records is None else records * RECORD
    if not content or (len(content) % RECORD if wanted is None else len(content) != wanted):
        promised = f"a multiple of {RECORD}" if wanted is None else f"{wanted} = {records} images of {RECORD}"
        broken = wanted is None or len(content) < wanted
        advice = "it is truncated; download it again" if broken else "it is another file, or damaged"
        raise ValueError(f"{name} holds {len(content)} bytes, expected {promised}: {advice}")


def _find(folder, name):
    """The path of a file, or a sentence that says what is there instead."""
    if (folder / name).is_file():
        return folder / name
    inner = folder / "cifar-10-batches-bin"
    if (inner / name).is_file():
        return inner / name
    if (folder / name.removesuffix(".bin")).is_file():
        raise FileNotFoundError(f"{folder} holds {name.removesuffix('.bin')}, which is of the version for Python "
                                f"(pickle), expected {name} of the binary version")
    raise FileNotFoundError(f"{folder} does not hold {name}, expected the binary version of CIFAR-10: "
                            f"{', '.join(FILES['train'][:1])} to {FILES['train'][-1]} and {FILES['test'][0]}")


# ------------------------------------------------------------------------------------------ normalisation

def channel_statistics(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """images (N,C,Y,X) -> mean and standard deviation of each channel over all images and pixels, (C,) each."""
    scaled = _scaled(images)
    mean, std = scaled.mean(axis=(0, 2, 3)), scaled.std(axis=(0, 2, 3))
    if not std.all():
        raise ValueError(f"channel {int(std.argmin())} of images is the same number everywhere: its deviation is 0")
    return mean, std


def normalise(images: np.ndarray, mean: Any, std: Any, dtype: Any = np.float64) -> np.ndarray:
    """images (N,C,Y,X) uint8 -> (N,C,Y,X) floats: (pixel / 255 - mean) / std of its channel.

    Mean and deviation are those of the *training* images, for the test images too.
    """
    scaled = _scaled(images)
    if np.shape(mean) != (scaled.shape[1],) or np.shape(std) != (scaled.shape[1],):
        raise ValueError(f"mean and std have shapes {np.shape(mean)} and {np.shape(std)}, expected one number for each "
                         f"channel, ({scaled.shape[1]},)")
    return ((scaled - np.reshape(mean, (-1, 1, 1))) / np.reshape(std, (-1, 1, 1))).astype(dtype)


def _scaled(images):
    images = np.asarray(images)
    if images.ndim != 4 or not images.size:
        raise ValueError(f"images has shape {images.shape}, expected (N, C, Y, X) and no empty axis")
    if images.dtype != np.uint8:
        raise TypeError(f"images has dtype {images.dtype}, expected uint8, 0 to 255")
    return images / 255

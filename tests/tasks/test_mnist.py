"""The digits: the 5 000 of the course and their split, images as sequences, and the reader of the complete files."""

import gzip
import struct

import numpy as np
import pytest

from lstm_course.tasks import mnist

NAMES = {"train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
         "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")}


def idx(array, kind=8):
    """The bytes of an IDX file, written as its description says, independently of the reader."""
    return struct.pack(">BBBB", 0, 0, kind, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.fixture
def digits():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (7, 28, 28), dtype=np.uint8), rng.integers(0, 10, 7, dtype=np.uint8)


def store(folder, digits, part="train", end="", pack=lambda content: content, rename=lambda name: name):
    for name, array in zip(NAMES[part], digits, strict=True):
        (folder / (rename(name) + end)).write_bytes(pack(idx(array)))


# ---- the 5 000 ---------------------------------------------------------------------------------------------

def test_the_stored_digits():
    images, labels = mnist.load()
    assert images.shape == (5000, 28, 28) and images.dtype == labels.dtype == np.uint8
    assert np.array_equal(labels, np.arange(5000) % 10)
    assert images.min() == 0 and images.max() == 255
    assert not np.any(images[:, 0]) or images[:, 0].mean() < 1          # the rims are empty
    assert len(np.unique(images.reshape(5000, -1), axis=0)) == 5000     # none occurs twice, so train and test are apart
    with pytest.raises(ValueError, match="read-only"):
        images[0, 0, 0] = 1


def test_the_last_hundred_of_each_class_are_the_test():
    images, labels = mnist.load()
    train, test = mnist.split(images, labels)
    assert len(train.labels) == 4000 and len(test.labels) == 1000
    assert (np.bincount(test.labels) == 100).all() and (np.bincount(train.labels) == 400).all()
    assert np.array_equal(test.images, images[4000:])                   # the classes come in turns
    for digit in range(10):
        own = images[labels == digit]
        assert np.array_equal(test.images[test.labels == digit], own[400:])
        assert np.array_equal(train.images[train.labels == digit], own[:400])


def test_the_split_works_with_unequal_classes():
    labels = np.repeat(np.arange(10), np.arange(3, 13))
    train, test = mnist.split(np.arange(len(labels)), labels, test_a_class=2)
    assert (np.bincount(test.labels) == 2).all()
    assert np.array_equal(test.images[:4], [1, 2, 5, 6])
    for bad in (0, 3, -1):
        with pytest.raises(ValueError, match="the smallest class has 3 images"):
            mnist.split(np.arange(len(labels)), labels, test_a_class=bad)


def test_the_notice_names_the_file():
    assert mnist.STORED.name in (mnist.STORED.parent / "NOTICE.txt").read_text(encoding="utf-8")


# ---- images as sequences -----------------------------------------------------------------------------------

@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows(digits, dtype):
    images = digits[0]
    x = mnist.rows(images, dtype=dtype)
    assert x.shape == (28, 7, 28) and x.dtype == dtype and x.flags.c_contiguous
    for t, b in ((0, 0), (3, 5), (27, 6)):
        np.testing.assert_allclose(x[t, b], images[b, t] / 255, rtol=1e-6)
    order = np.random.default_rng(1).permutation(28)
    assert np.array_equal(mnist.rows(images, order, dtype), x[order])


def test_pixels(digits):
    images = digits[0]
    x = mnist.pixels(images, shrink=1)
    assert x.shape == (784, 7, 1)
    np.testing.assert_allclose(x[28 * 5 + 3, 2, 0], images[2, 5, 3] / 255)
    small = mnist.pixels(images)
    assert small.shape == (196, 7, 1)
    np.testing.assert_allclose(small[14 * 2 + 1, 4, 0], images[4, 4:6, 2:4].mean() / 255)
    order = np.random.default_rng(1).permutation(196)
    assert np.array_equal(mnist.pixels(images, order), small[order])
    assert mnist.pixels(images, shrink=4, dtype=np.float32).dtype == np.float32


def test_wrong_images_are_named(digits):
    with pytest.raises(ValueError, match=r"images has shape \(7, 784\), expected \(B, 28, 28\)"):
        mnist.rows(digits[0].reshape(7, 784))
    with pytest.raises(TypeError, match="images has dtype float64, expected uint8"):
        mnist.rows(digits[0] / 255)
    with pytest.raises(ValueError, match="shrink is 3"):
        mnist.pixels(digits[0], shrink=3)


# ---- the complete files ------------------------------------------------------------------------------------

@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize("end, pack", [("", lambda content: content), (".gz", gzip.compress),
                                       ("", gzip.compress), (".gz", lambda content: content)])
@pytest.mark.parametrize("rename", [lambda name: name, lambda name: name.replace("-idx", ".idx")])
def test_plain_and_gzip_under_either_name(tmp_path, digits, part, end, pack, rename):
    store(tmp_path, digits, part, end, pack, rename)
    for folder in (tmp_path, str(tmp_path)):
        found = mnist.load_idx(folder, part)
        assert np.array_equal(found.images, digits[0]) and np.array_equal(found.labels, digits[1])
        assert found.images.dtype == np.uint8 and mnist.rows(found.images).shape == (28, 7, 28)


def test_any_shape_can_be_read(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    (tmp_path / "a").write_bytes(idx(array))
    assert np.array_equal(mnist.read_idx(tmp_path / "a"), array)
    (tmp_path / "empty").write_bytes(idx(np.zeros((0, 28, 28), np.uint8)))
    assert mnist.read_idx(tmp_path / "empty").shape == (0, 28, 28)


WHOLE = idx(np.arange(60, dtype=np.uint8).reshape(3, 4, 5))


@pytest.mark.parametrize("content, words", [
    (b"", "is no IDX file: it begins with nothing"),
    (b"\0\0\x08", "is no IDX file: it begins with 00 00 08"),
    (b"<!DOCTYPE html>", "is no IDX file: it begins with 3c 21 44 4f"),
    (WHOLE[:4], "is truncated: it ends after 4 bytes, inside its head"),
    (WHOLE[:15], "is truncated: it ends after 15 bytes, inside its head"),
    (WHOLE[:16], "its head promises 3 × 4 × 5 = 60 bytes, but only 0 follow"),
    (WHOLE[:-1], "its head promises 3 × 4 × 5 = 60 bytes, but only 59 follow; download it again"),
    (idx(np.zeros(9, np.uint8))[:-2], "its head promises 9 bytes, but only 7 follow"),
    (WHOLE + b"x", "is damaged: its head promises 60 bytes, but 61 follow"),
    (idx(np.zeros((2, 2), np.uint8), kind=13), "numbers of type 0x0d, expected 0x08"),
    (b"\0\0\x08\0", "has 0 axes, expected at least 1"),
    (b"\0\0\x08\x02" + b"\xff" * 8, "is truncated: its head promises 4294967295 × 4294967295"),
    (gzip.compress(WHOLE, mtime=0)[:-9], "is truncated: the gzip file ends too early"),
    (gzip.compress(WHOLE, mtime=0)[:12], "is truncated: the gzip file ends too early"),
    (b"\x1f\x8b\0\0 no gzip at all", "is damaged: gzip cannot unpack it"),
    (gzip.compress(WHOLE, mtime=0)[:-8] + b"\0" * 8, "is damaged: gzip cannot unpack it"),
    (gzip.compress(WHOLE[:-1], mtime=0), "but only 59 follow"),
], ids=lambda part: part if isinstance(part, str) else "file")      # by the words, not by the bytes
def test_a_bad_file_is_named_in_one_sentence(tmp_path, content, words):
    (tmp_path / "digits.idx").write_bytes(content)
    with pytest.raises(ValueError) as error:
        mnist.read_idx(tmp_path / "digits.idx")
    assert str(error.value).startswith("digits.idx ") and words in str(error.value)
    assert "\n" not in str(error.value) and str(tmp_path) not in str(error.value)


def test_files_that_do_not_belong_together(tmp_path, digits):
    images, labels = digits
    store(tmp_path, (images, labels[:5]))
    with pytest.raises(ValueError, match="7 images, but train-labels-idx1-ubyte holds 5 labels"):
        mnist.load_idx(tmp_path)
    store(tmp_path, (labels, images))
    with pytest.raises(ValueError, match=r"has 1 axes, expected 3 \(these are labels, not images\)"):
        mnist.load_idx(tmp_path)
    store(tmp_path, (images, labels + 10))
    with pytest.raises(ValueError, match="expected 0 to 9"):
        mnist.load_idx(tmp_path)
    store(tmp_path, (images[:, :27], labels))
    with pytest.raises(ValueError, match=r"images of \(27, 28\) pixels, expected \(28, 28\)"):
        mnist.load_idx(tmp_path)


def test_missing_files_and_parts(tmp_path, digits):
    with pytest.raises(FileNotFoundError, match=r"holds none of train-images-idx3-ubyte, train-images-idx3-ubyte\.gz"):
        mnist.load_idx(tmp_path)
    store(tmp_path, digits)
    with pytest.raises(FileNotFoundError, match="holds none of t10k-images"):
        mnist.load_idx(tmp_path, "test")
    with pytest.raises(ValueError, match="part is 'all', expected one of 'train', 'test'"):
        mnist.load_idx(tmp_path, "all")

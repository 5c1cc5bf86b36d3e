"""The CIFAR-10 reader, with made-up files: order of the pixels, missing, truncated and wrong files, normalisation."""

import gzip
import pickle

import numpy as np
import pytest

from lstm_course.tasks import cifar10

FEW = 4


@pytest.fixture
def made_up(tmp_path):
    """Six files of FEW images each, written as the format is described, and what they hold."""
    rng, held = np.random.default_rng(0), {}
    for part, names in cifar10.FILES.items():
        images = rng.integers(0, 256, (len(names) * FEW, 3, 32, 32), dtype=np.uint8)
        labels = rng.integers(0, 10, len(images), dtype=np.uint8)
        for k, name in enumerate(names):
            own = range(k * FEW, (k + 1) * FEW)
            (tmp_path / name).write_bytes(b"".join(
                bytes([labels[n]]) + b"".join(images[n, c].tobytes() for c in range(3)) for n in own))
        held[part] = images, labels
    return tmp_path, held


@pytest.mark.parametrize("part", ["train", "test"])
def test_what_was_written_is_read(made_up, part):
    folder, held = made_up
    for place in (folder, str(folder)):
        found = cifar10.load(place, part, records=FEW)
        assert np.array_equal(found.images, held[part][0]) and np.array_equal(found.labels, held[part][1])
        assert found.images.dtype == found.labels.dtype == np.uint8 and found.images.flags.writeable
    assert len(found.images) == (20 if part == "train" else 4)


def test_the_format_by_hand(tmp_path):
    """The label, then 1024 red, 1024 green and 1024 blue pixels, row by row."""
    content = bytes([7]) + bytes(range(256)) * 4 + bytes([1]) * 1024 + bytes([2]) * 1024
    (tmp_path / "one.bin").write_bytes(content)
    images, labels = cifar10.read(tmp_path / "one.bin", records=None)
    assert labels.tolist() == [7] and images.shape == (1, 3, 32, 32)
    assert images[0, 0, 0].tolist() == list(range(32)) and images[0, 0, 1, 0] == 32
    assert (images[0, 1] == 1).all() and (images[0, 2] == 2).all()
    assert cifar10.CLASSES[7] == "horse" and len(cifar10.CLASSES) == 10 and cifar10.RECORD == 3073


def test_the_folder_of_the_archive_is_found(made_up):
    folder, _ = made_up
    inner = folder / "outer" / "cifar-10-batches-bin"
    inner.mkdir(parents=True)
    for names in cifar10.FILES.values():
        for name in names:
            (inner / name).write_bytes((folder / name).read_bytes())
    assert len(cifar10.load(folder / "outer", records=FEW).labels) == 20


RECORD = bytes(3073)


@pytest.mark.parametrize("content, records, words", [
    (b"", 1, "holds 0 bytes, expected 3073 = 1 images of 3073: it is truncated; download it again"),
    (b"", None, "holds 0 bytes, expected a multiple of 3073: it is truncated"),
    (RECORD[:-1], 1, "holds 3072 bytes, expected 3073"),
    (RECORD * 3, 4, "holds 9219 bytes, expected 12292 = 4 images of 3073: it is truncated"),
    (RECORD + b"x", None, "holds 3074 bytes, expected a multiple of 3073"),
    (RECORD * 2, 1, "holds 6146 bytes, expected 3073 = 1 images of 3073: it is another file, or damaged"),
    (RECORD + b"\x0a" + RECORD[1:], 2, "has the label 10 at image 1, expected 0 to 9"),
    (pickle.dumps({"data": b"x" * 4000}), None, "is of the version for Python (pickle)"),
    (pickle.dumps({"data": 1}, protocol=2), None, "is of the version for Python (pickle)"),
    (gzip.compress(RECORD, mtime=0), None, "is still packed (gzip): unpack it first"),
], ids=lambda part: part if isinstance(part, str) else "file")      # by the words, not by the bytes
def test_a_bad_file_is_named_in_one_sentence(tmp_path, content, records, words):
    (tmp_path / "data_batch_1.bin").write_bytes(content)
    with pytest.raises(ValueError) as error:
        cifar10.read(tmp_path / "data_batch_1.bin", records)
    assert str(error.value).startswith("data_batch_1.bin ") and words in str(error.value)
    assert "\n" not in str(error.value) and str(tmp_path) not in str(error.value)


def test_a_file_cut_at_the_end_of_an_image_is_not_read_silently(made_up):
    folder, _ = made_up
    path = folder / "data_batch_3.bin"
    path.write_bytes(path.read_bytes()[:-3073])
    with pytest.raises(ValueError, match="data_batch_3.bin holds 9219 bytes, expected 12292 = 4 images"):
        cifar10.load(folder, records=FEW)
    with pytest.raises(ValueError, match="expected 30730000 = 10000 images"):
        cifar10.load(folder)


def test_missing_files(made_up, tmp_path):
    folder, _ = made_up
    (folder / "data_batch_5.bin").unlink()
    with pytest.raises(FileNotFoundError, match="does not hold data_batch_5.bin, expected the binary version"):
        cifar10.load(folder, records=FEW)
    (folder / "data_batch_5").write_bytes(b"\x80\x02")
    with pytest.raises(FileNotFoundError, match=r"holds data_batch_5, which is of the version for Python \(pickle\)"):
        cifar10.load(folder, records=FEW)
    with pytest.raises(ValueError, match="part is 'all', expected one of 'train', 'test'"):
        cifar10.load(folder, "all")


# ---- normalisation -----------------------------------------------------------------------------------------

def test_each_channel_gets_mean_0_and_deviation_1():
    rng = np.random.default_rng(0)
    images = np.stack([rng.integers(low, high, (9, 32, 32)) for low, high in ((0, 90), (50, 60), (200, 256))],
                      axis=1).astype(np.uint8)
    mean, std = cifar10.channel_statistics(images)
    for c in range(3):
        assert mean[c] == pytest.approx(images[:, c].mean() / 255) and std[c] == pytest.approx(images[:, c].std() / 255)
    x = cifar10.normalise(images, mean, std)
    np.testing.assert_allclose(x.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(x.std(axis=(0, 2, 3)), 1, rtol=1e-12)
    other = cifar10.normalise(images[:1], mean, std, np.float32)
    assert other.dtype == np.float32
    np.testing.assert_allclose(other, x[:1], rtol=1e-5)


@pytest.mark.parametrize("call, error, words", [
    (lambda: cifar10.channel_statistics(np.zeros((2, 3, 4, 4), np.uint8)), ValueError, "channel 0 .* the same number"),
    (lambda: cifar10.channel_statistics(np.zeros((2, 3, 4, 4))), TypeError, "images has dtype float64, expected uint8"),
    (lambda: cifar10.channel_statistics(np.zeros((2, 32, 32), np.uint8)), ValueError, r"shape \(2, 32, 32\)"),
    (lambda: cifar10.normalise(np.zeros((2, 3, 4, 4), np.uint8), [0.5], [0.5]), ValueError, "one number for each"),
])
def test_wrong_images_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()

import inspect
import pickle
from pathlib import Path

import numpy as np
import pytest

keras = pytest.importorskip("keras")
from keras.datasets import cifar10 as source  # noqa: E402

from utils.data import DataError  # noqa: E402
from utils.public_data import CIFAR10, CIFAR10_NAMES, cifar10  # noqa: E402


def arrays(count, seed):
    """Return what keras.datasets gives: pictures whose first bytes are their row number."""
    images = np.zeros((count, 32, 32, 3), np.uint8)
    images[:, 0, 0] = np.arange(count)[:, None] // (65536, 256, 1) % 256
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(10), count // 10))
    return images, labels[:, None].astype(np.uint8)


@pytest.fixture
def downloaded(monkeypatch):
    """Stands in for the data set on the disk."""
    parts = arrays(50_000, 1), arrays(10_000, 2)
    monkeypatch.setattr(source, "load_data", lambda: parts)
    return parts


def numbers(split):
    return (np.rint(split.images[:, 0, 0] * 255).astype(int) * (65536, 256, 1)).sum(1)


def test_the_parts_are_held_out_and_in_proportion(downloaded):
    things = cifar10(train=9_000, validation=1_000, test=500)
    assert things.names == CIFAR10_NAMES
    for part, count in ((things.train, 9_000), (things.validation, 1_000), (things.test, 500)):
        assert part.images.shape == (count, 32, 32, 3)
        assert part.images.dtype == np.float32
        assert part.images.min() == 0 and 0.9 < part.images.max() <= 1
        assert part.labels.dtype == np.int64
        assert np.bincount(part.labels).tolist() == [count // 10] * 10
    assert not set(numbers(things.train)) & set(numbers(things.validation))


def test_every_picture_keeps_its_label(downloaded):
    things = cifar10(train=2_000, validation=500, test=300)
    (_, labels), (_, test_labels) = downloaded
    for part, known in (
        (things.train, labels),
        (things.validation, labels),
        (things.test, test_labels),
    ):
        np.testing.assert_array_equal(part.labels, known[numbers(part), 0])


def test_all_pictures_are_used_by_default():
    counts = [p.default for p in inspect.signature(cifar10).parameters.values()]
    assert counts == [45_000, 5_000, 10_000]


def test_the_split_is_the_same_each_time(downloaded):
    one, two = cifar10(100, 100, 100), cifar10(100, 100, 100)
    np.testing.assert_array_equal(numbers(one.validation), numbers(two.validation))


@pytest.mark.parametrize("counts", [(50_000, 1, 0), (0, 0, 10_001), (-1, 0, 0)])
def test_more_pictures_than_there_are_are_refused_before_anything_is_fetched(counts, monkeypatch):
    monkeypatch.setattr(source, "load_data", lambda: pytest.fail("fetched"))
    with pytest.raises(ValueError, match="CIFAR-10 has 50,000 pictures"):
        cifar10(*counts)


@pytest.mark.parametrize(
    "error",
    [
        Exception("URL fetch failure on https://x: None -- [Errno -2] Name not known"),
        TimeoutError("timed out"),
        ValueError("Incomplete or corrupted file detected.\nThe hash does not match"),
        pickle.UnpicklingError("invalid load key"),
        OSError(28, "No space left on device"),
        EOFError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_without_a_network_the_error_says_what_to_do(error, monkeypatch):
    def load_data():
        raise error

    monkeypatch.setattr(source, "load_data", load_data)
    with pytest.raises(DataError) as caught:
        cifar10()
    message = str(caught.value)
    assert type(error).__name__ in message
    assert str(error).split("\n")[0] in message
    for word in ("170 MB", CIFAR10.source, "network", "~/.keras/datasets", "utils.traffic_signs"):
        assert word in message
    assert "\n" not in message
    assert caught.value.__suppress_context__ and caught.value.__cause__ is None


@pytest.mark.parametrize("damage", ["shape", "labels", "type"])
def test_a_damaged_data_set_is_refused(damage, downloaded, monkeypatch):
    (images, labels), test = downloaded
    if damage == "shape":
        images, labels = images[:-1], labels[:-1]
    elif damage == "labels":
        labels = np.zeros_like(labels)
    else:
        images = images.astype(np.float32)
    monkeypatch.setattr(source, "load_data", lambda: ((images, labels), test))
    with pytest.raises(DataError, match=r"damaged: expected 50000 .* Delete what begins with"):
        cifar10()


def test_keras_fetches_the_file_that_is_described_here_and_checks_its_hash():
    code = inspect.getsource(source.load_data)
    assert CIFAR10.sha256 in code
    assert CIFAR10.source in code
    assert "file_hash" in code


def test_a_download_that_fails_leaves_nothing_behind(monkeypatch, tmp_path):
    """Keras's own loader, on a machine whose network does not answer."""
    file_utils = inspect.getmodule(keras.utils.get_file)

    def broken(url, target, progress):
        Path(target).write_bytes(b"half a file")
        raise OSError("connection reset")

    monkeypatch.setattr(file_utils, "urlretrieve", broken)
    monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path))
    with pytest.raises(DataError, match="connection reset"):
        cifar10(10, 10, 10)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

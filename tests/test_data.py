import dataclasses
import hashlib

import numpy as np
import pytest

from utils import data
from utils.data import DataError, manifest, mnist_digits, photograph, photograph_names, small_digits


@pytest.fixture(autouse=True)
def forget_verified_files():
    data.locate.cache_clear()
    yield
    data.locate.cache_clear()


@pytest.fixture(scope="module")
def mnist():
    return mnist_digits()


@pytest.fixture(scope="module")
def small():
    return small_digits()


@pytest.mark.parametrize("file", manifest(), ids=lambda file: file.name)
def test_every_file_of_the_manifest_is_installed_and_described(file):
    assert data.verify(file).stat().st_size == file.bytes
    assert file.title and file.source and file.licence
    assert file.kind in {"photograph", "digits", "weights", "names"}


def test_names_in_the_manifest_are_unique():
    names = [file.name for file in manifest()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", photograph_names())
def test_a_photograph_is_float32_between_0_and_1_and_uses_the_range(name):
    picture = photograph(name)
    assert picture.dtype == np.float32
    assert picture.ndim == 2 or picture.shape[2] == 3
    assert 0 <= picture.min() < 0.4
    assert 0.7 < picture.max() <= 1


@pytest.mark.parametrize("name", ["astronaut", "camera"])
def test_gray_drops_the_channels(name):
    gray = photograph(name, gray=True)
    assert gray.shape == photograph(name).shape[:2]
    assert gray.dtype == np.float32


def test_gray_weighs_red_green_and_blue():
    color, gray = photograph("coffee"), photograph("coffee", gray=True)
    expected = 0.2125 * color[..., 0] + 0.7154 * color[..., 1] + 0.0721 * color[..., 2]
    np.testing.assert_allclose(gray, expected, atol=1e-6)


def test_height_keeps_the_proportions():
    assert photograph("coffee", height=100).shape == (100, 150, 3)
    assert photograph("coffee", gray=True, height=100).shape == (100, 150)
    assert photograph("camera", height=1).shape == (1, 1)


def test_resizing_is_smoothed():
    # Sampling every 8th pixel keeps a texture's contrast; smoothing first takes most of it away.
    texture = photograph("grass")
    small = photograph("grass", height=64)
    assert small.dtype == np.float32
    assert small.std() < 0.6 * texture[::8, ::8].std()
    assert abs(small.mean() - texture.mean()) < 0.01


def test_a_photograph_may_be_changed_without_changing_the_next_one():
    first = photograph("camera")
    first[:] = 0
    assert photograph("camera").max() > 0.9


def test_an_unknown_photograph_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"no photograph 'lena'.*astronaut, brick, camera"):
        photograph("lena")


@pytest.mark.parametrize("name", ["mnist-5k", "digits-8x8", "efficientnet-lite0"])
def test_other_files_are_not_photographs(name):
    with pytest.raises(ValueError, match="There is no photograph"):
        photograph(name)


@pytest.mark.parametrize("height", [0, -5])
def test_a_photograph_has_at_least_one_row(height):
    with pytest.raises(ValueError, match=f"at least 1 row, got {height}"):
        photograph("camera", height=height)


def test_mnist_has_the_promised_parts(mnist):
    assert [len(part) for part in (mnist.train, mnist.validation, mnist.test)] == [3500, 500, 1000]
    for part, each in ((mnist.train, 350), (mnist.validation, 50), (mnist.test, 100)):
        assert part.images.shape == (len(part), 28, 28, 1)
        assert part.images.dtype == np.float32
        assert part.labels.dtype == np.int64
        assert (part.images.min(), part.images.max()) == (0, 1)
        np.testing.assert_array_equal(np.bincount(part.labels), [each] * 10)


def test_small_digits_have_the_promised_parts(small):
    assert [len(part) for part in (small.train, small.validation, small.test)] == [1197, 200, 400]
    whole = np.bincount(np.concatenate([small.train.labels, small.test.labels]), minlength=10)
    for part in (small.train, small.validation, small.test):
        assert part.images.shape == (len(part), 8, 8, 1)
        assert part.images.dtype == np.float32
        assert part.labels.dtype == np.int64
        assert (part.images.min(), part.images.max()) == (0, 1)
        share = np.bincount(part.labels, minlength=10) / len(part)
        np.testing.assert_allclose(share, whole / whole.sum(), atol=0.01)


@pytest.mark.parametrize("digits", ["mnist", "small"])
def test_every_image_of_the_file_is_in_one_part_with_its_label(digits, request):
    digits = request.getfixturevalue(digits)
    name, brightest = ("mnist-5k", 255) if len(digits.test) == 1000 else ("digits-8x8", 16)
    file = next(file for file in manifest() if file.name == name)
    table = np.loadtxt(data.verify(file), delimiter=",")
    parts = (digits.train, digits.validation, digits.test)
    images = np.concatenate([part.images for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    rows = np.rint(images.reshape(len(images), -1) * brightest)
    got = sorted(map(tuple, np.column_stack([rows, labels]).astype(int).tolist()))
    assert got == sorted(map(tuple, table.astype(int).tolist()))


def test_digits_are_not_sorted_by_class(mnist):
    assert len(set(mnist.train.labels[:40].tolist())) > 7


def test_the_split_is_the_same_on_every_machine(mnist, small):
    # A change of NumPy's generator, or of the split, changes every accuracy that the lessons state.
    digest = hashlib.sha256()
    for part in (mnist.train, mnist.validation, mnist.test, small.train, small.test):
        digest.update(np.rint(part.images * 255).astype(np.uint8).tobytes())
        digest.update(part.labels.astype("<i8").tobytes())
    assert digest.hexdigest() == SPLIT_DIGEST


SPLIT_DIGEST = "7a4d6205e4ce77327bf15133d93fe78bf7cf5ab8b6c2bb807f9628d0f5b2fdad"


def test_a_damaged_file_is_refused(monkeypatch):
    damaged = tuple(
        dataclasses.replace(file, sha256="0" * 64) if file.name == "camera" else file
        for file in manifest()
    )
    monkeypatch.setattr(data, "manifest", lambda: damaged)
    with pytest.raises(DataError, match=r"camera\.png of the installed scikit-image .* is not the"):
        photograph("camera")
    photograph("cat")


def test_damaged_digits_are_refused(monkeypatch):
    damaged = tuple(dataclasses.replace(file, sha256="0" * 64) for file in manifest())
    monkeypatch.setattr(data, "manifest", lambda: damaged)
    with pytest.raises(DataError, match="pip install --force-reinstall"):
        mnist_digits()
    with pytest.raises(DataError, match=r"digits\.csv\.gz of the installed scikit-learn"):
        small_digits()


def test_a_name_that_the_manifest_does_not_have_is_refused():
    with pytest.raises(ValueError, match="no file 'gone'"):
        data.locate("gone")


def test_a_missing_package_is_named():
    file = dataclasses.replace(manifest()[0], package="no_such_package", distribution="no-such")
    with pytest.raises(DataError, match='not installed: run `python -m pip install "no-such"`'):
        data.verify(file)


def test_a_version_without_the_file_is_named():
    file = dataclasses.replace(manifest()[0], path="data/gone.png")
    with pytest.raises(DataError, match=r"scikit-image has no file data/gone\.png"):
        data.verify(file)


def test_a_file_is_verified_once_per_process(monkeypatch):
    calls = []
    verify = data.verify
    monkeypatch.setattr(data, "verify", lambda file: calls.append(file.name) or verify(file))
    photograph("camera")
    photograph("camera", height=8)
    assert calls == ["camera"]

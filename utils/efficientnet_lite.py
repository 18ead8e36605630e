"""EfficientNet-Lite0, a small classifier for photographs, with the weights it learned on ImageNet.

The network is that of M. Tan and Q. Le (2019), "EfficientNet: rethinking model scaling for
convolutional neural networks", section 4, in the Lite variant of TensorFlow's authors (2020): no
squeeze and excitation, ReLU6 in place of swish, stem and head of fixed width. Its blocks are the
inverted residuals of M. Sandler et al. (2018), "MobileNetV2", section 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from utils.data import locate
from utils.torch_checkpoint import CheckpointError, read_checkpoint

#: The network's input is ``(255 * image - PIXEL_MEAN) / PIXEL_SCALE`` for an image in [0, 1].
PIXEL_MEAN = 127
PIXEL_SCALE = 128

IMAGENET_CLASSES = 1000


class _Stage(NamedTuple):
    repeats: int
    size: int  # side of the depthwise kernel
    stride: int  # of the first block
    expansion: int
    filters: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)
_STEM_FILTERS = 32
_HEAD_FILTERS = 1280


def efficientnet_lite0(
    input_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    classes: int = IMAGENET_CLASSES,
    include_top: bool = True,
    weights: str | None = "imagenet",
) -> keras.Model:
    """Build EfficientNet-Lite0.

    Args:
        input_shape: ``(H, W, C)`` of a picture. It was trained at 224×224; from 64×64 up it is of
            use. ``H`` and ``W`` may be ``None``.
        classes: Number of classes of the top; without the top it does not matter.
        include_top: Whether pooling, dropout and the classifier follow the last feature maps.
        weights: ``"imagenet"``, or ``None`` for random ones.

    Returns:
        A model from pictures ``(N, H, W, C)``, float32 ``(255 * image - 127) / 128``. With its top
        it puts out probabilities ``(N, classes)``, after a softmax. Without, it ends in the layer
        ``head_relu``: feature maps ``(N, ceil(H / 32), ceil(W / 32), 1280)``, not pooled.

    Raises:
        ValueError: If ``weights`` is another word, or ImageNet's do not fit ``input_shape`` or
            ``classes``.
        DataError: If the package with the weights is missing or ships another file.
    """
    if weights not in ("imagenet", None):
        raise ValueError(f"weights is 'imagenet' or None, got {weights!r}.")
    if weights and input_shape[-1] != 3:
        raise ValueError(
            f"ImageNet's weights need pictures with 3 channels, not {input_shape[-1]}."
        )
    if weights and include_top and classes != IMAGENET_CLASSES:
        raise ValueError(
            f"ImageNet's classifier has {IMAGENET_CLASSES} classes, not {classes}: leave it out "
            "(include_top=False) and train your own."
        )
    inputs = keras.Input(input_shape, name="pixels")
    x = _convolution(inputs, _STEM_FILTERS, 3, "stem", stride=2)
    number = 0
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            x = _block(x, stage, stage.stride if repeat == 0 else 1, f"block{number}")
            number += 1
    x = _convolution(x, _HEAD_FILTERS, 1, "head")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        x = layers.Dropout(0.2, name="dropout")(x)
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    model = keras.Model(inputs, x, name="efficientnet_lite0")
    if weights:
        _set_weights(model, _imagenet_weights(), include_top)
    return model


def _convolution(
    x: keras.KerasTensor, filters: int, size: int, name: str, *, stride: int = 1
) -> keras.KerasTensor:
    """Add a convolution, batch norm and ReLU6."""
    x = layers.Conv2D(
        filters, size, strides=stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _block(x: keras.KerasTensor, stage: _Stage, stride: int, name: str) -> keras.KerasTensor:
    """Add an inverted residual block: widen, filter each channel, narrow, add what came in."""
    channels = x.shape[-1]
    y = x
    if stage.expansion != 1:
        y = _convolution(y, stage.expansion * channels, 1, f"{name}_expand")
    y = layers.DepthwiseConv2D(
        stage.size, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )(y)
    y = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_depthwise_bn")(y)
    y = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(y)
    # No activation after the narrow layer: ReLU would lose what few channels hold.
    y = layers.Conv2D(stage.filters, 1, use_bias=False, name=f"{name}_project_conv")(y)
    y = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_project_bn")(y)
    if stride == 1 and channels == stage.filters:
        y = layers.Add(name=f"{name}_add")([x, y])
    return y


# Weights -----------------------------------------------------------------------------------------


@cache
def _imagenet_weights() -> dict[str, np.ndarray]:
    tensors = read_checkpoint(locate("efficientnet-lite0"))
    # PyTorch's batch norm counts its training steps; nothing computes with the count.
    return {k: v for k, v in tensors.items() if not k.endswith(".num_batches_tracked")}


def _set_weights(model: keras.Model, tensors: dict[str, np.ndarray], include_top: bool) -> None:
    """Hand the checkpoint's tensors to the layers: each once, shapes as they are, none left over.

    Raises:
        CheckpointError: If a tensor is missing, has another shape, or belongs to no layer.
    """
    left = set(tensors)
    if not include_top:
        left -= {"_fc.weight", "_fc.bias"}
    for layer, names in _tensor_names(model):
        missing = [name for name in names if name not in left]
        if missing:
            raise CheckpointError(
                f"The checkpoint has no {missing[0]}, for the layer {layer.name}."
            )
        left -= set(names)
        arrays = [_in_keras_order(layer, tensors[name]) for name in names]
        for name, array, own in zip(names, arrays, layer.weights, strict=True):
            if array.shape != tuple(own.shape):
                raise CheckpointError(
                    f"{name} has shape {array.shape}, but the layer {layer.name} takes "
                    f"{tuple(own.shape)}."
                )
        layer.set_weights(arrays)
    if left:
        raise CheckpointError(f"No layer takes {sorted(left)[0]} of the checkpoint.")


def _tensor_names(model: keras.Model) -> Iterator[tuple[keras.Layer, list[str]]]:
    """Yield each layer that has weights, and the checkpoint's names of them, in Keras's order."""
    parts = {
        "stem": ("_conv_stem", "_bn0"),
        "head": ("_conv_head", "_bn1"),
        "expand": ("_expand_conv", "_bn0"),
        "depthwise": ("_depthwise_conv", "_bn1"),
        "project": ("_project_conv", "_bn2"),
    }
    for layer in model.layers:
        if not layer.weights:
            continue
        if layer.name == "predictions":
            yield layer, ["_fc.weight", "_fc.bias"]
            continue
        *block, part, kind = layer.name.split("_")  # block7_expand_bn, or stem_conv
        prefix = f"_blocks.{block[0].removeprefix('block')}." if block else ""
        convolution, norm = (prefix + name for name in parts[part])
        if kind == "conv":
            yield layer, [f"{convolution}.weight"]
        else:
            ends = ("weight", "bias", "running_mean", "running_var")
            yield layer, [f"{norm}.{end}" for end in ends]


def _in_keras_order(layer: keras.Layer, tensor: np.ndarray) -> np.ndarray:
    """Move the axes of a PyTorch weight to where Keras has them."""
    if isinstance(layer, layers.DepthwiseConv2D):
        return tensor.transpose(2, 3, 0, 1)  # (C, 1, H, W) -> (H, W, C, 1)
    if isinstance(layer, layers.Conv2D):
        return tensor.transpose(2, 3, 1, 0)  # (K, C, H, W) -> (H, W, C, K)
    if isinstance(layer, layers.Dense):
        return tensor.T
    return tensor

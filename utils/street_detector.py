"""A small detector of vehicles in street scenes: its network, and the weights that ship.

The network puts out a grid of raw numbers, a cell for every 8×8 pixels, as YOLO does (Redmon and
Farhadi 2018). The lesson ``car_detection`` trains the same network for a few minutes;
``benchmarks/street_detector.py`` trains it longer and writes the weights that ship.
"""

from __future__ import annotations

import keras
from keras import layers

from utils.pretrained import load_weights
from utils.streets.vehicles import KINDS

__all__ = ["ANCHORS", "KINDS", "STRIDE", "backbone", "street_detector"]

# Side of a cell, in pixels.
STRIDE = 8
# Width and height in pixels: k-means under 1 − IoU on the training vehicles of at least 8 pixels.
ANCHORS = ((14.0, 11.0), (29.0, 22.0), (50.0, 45.0))
# A coarser map has a cell for this many pixels: both sides of a picture are multiples of it.
_COARSEST = 32


def backbone(input_shape: tuple[int, int, int] = (128, 160, 3)) -> keras.Model:
    """Build the part of the detector that makes features: down to cells of 32 pixels and up again.

    Args:
        input_shape: Height and width of the pictures, multiples of 32, and 3 channels.

    Returns:
        Network from pictures in [0, 1] to features ``(H / 8, W / 8, 96)``, with random weights.

    Raises:
        ValueError: If a side is not a multiple of 32, or there are not 3 channels.
    """
    height, width, channels = input_shape
    if height < 1 or width < 1 or height % _COARSEST or width % _COARSEST or channels != 3:
        raise ValueError(
            f"Pictures need sides that are multiples of {_COARSEST} and 3 channels, got "
            f"{tuple(input_shape)}: resize or crop them."
        )
    inputs = keras.Input(input_shape, name="pixels")
    x = layers.Rescaling(2.0, -1.0)(inputs)
    x = _convolution(x, 16, stride=2)
    x = _convolution(x, 32, stride=2)
    fine = _block(_convolution(x, 64, stride=2))
    middle = _block(_block(_convolution(fine, 96, stride=2)))
    coarse = _block(_block(_convolution(middle, 128, stride=2)))
    x = layers.UpSampling2D(2)(_convolution(coarse, 64, size=1))
    x = _convolution(layers.Concatenate()([middle, x]), 96)
    x = layers.UpSampling2D(2)(_convolution(x, 32, size=1))
    x = _convolution(layers.Concatenate()([fine, x]), 96)
    return keras.Model(inputs, x, name="backbone")


def street_detector(
    weights: str | None = "streets", input_shape: tuple[int, int, int] = (128, 160, 3)
) -> keras.Model:
    """Build the detector.

    It has no layer that depends on the picture's size: the weights serve every size, though they
    have seen vehicles of 8 to 150 pixels only.

    Args:
        weights: ``"streets"`` for those that come with the course, None for random ones.
        input_shape: Height and width of the pictures, multiples of 32, and 3 channels.

    Returns:
        Network from pictures in [0, 1] to raw numbers ``(H / 8, W / 8, 3, 5 + 4)``: for each cell
        and each of :data:`ANCHORS` objectness, the centre's place in the cell, the logarithms of
        width and height by the anchor's (all before their sigmoid or exponential), and a number
        for each of :data:`KINDS`.

    Raises:
        ValueError: If ``weights`` is another word, or the size does not fit.
        DataError: If the weights are missing or damaged.
    """
    if weights not in ("streets", None):
        raise ValueError(f"weights is 'streets' or None, got {weights!r}.")
    base = backbone(input_shape)
    rows, columns = base.output.shape[1:3]
    numbers = 5 + len(KINDS)
    x = layers.Conv2D(len(ANCHORS) * numbers, 1, name="head")(base.output)
    x = layers.Reshape((rows, columns, len(ANCHORS), numbers), name="slots")(x)
    model = keras.Model(base.input, x, name="street_detector")
    return load_weights(model, "street_detector") if weights else model


def _convolution(
    x: keras.KerasTensor, filters: int, *, size: int = 3, stride: int = 1
) -> keras.KerasTensor:
    """Add a convolution, batch norm and ReLU."""
    x = layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False)(x)
    # A training takes about a thousand steps: averages over a hundred would lag behind.
    x = layers.BatchNormalization(momentum=0.95)(x)
    return layers.ReLU()(x)


def _block(x: keras.KerasTensor) -> keras.KerasTensor:
    """Add a residual block: narrow to half the channels, look around, add what came in."""
    filters = x.shape[-1]
    return x + _convolution(_convolution(x, filters // 2, size=1), filters)

"""Reads a network that dlib wrote (``.dat``) without dlib, and runs none of its code.

dlib writes a network from its end to its beginning: first one version number per layer, the last
layer's first, then the layers themselves in the order in which data passes them. Its C++ types say
how they are connected; the file does not, but for the places of tags and skips.

The encodings, after dlib's sources (``dlib/serialize.h``, ``dlib/float_details.h``,
``dlib/dnn/core.h`` and ``layers.h``):

- whole number: a byte that tells how many bytes follow and, in its top bit, the sign; then those
  bytes, the lowest first;
- real number: two whole numbers, m and e, for m · 2ᵉ;
- text: its length, then its bytes;
- truth: the character ``0`` or ``1``;
- array: the version 2, four sizes (samples, channels, rows, columns), then float32 numbers.

Only the kinds of layer are known here that dlib's face recognition network has.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

MOST_LAYERS = 1_000
LONGEST_TEXT = 100


class DlibFormatError(Exception):
    """A file is no network of dlib's that this module knows, or is damaged."""


@dataclass(frozen=True)
class Input:
    """What the network takes: colour pictures, scaled to ``(pixel − means) / 256``.

    Attributes:
        means: What is subtracted from red, green and blue, of 0 to 255.
        rows: The pictures' height.
        columns: Their width.
    """

    means: tuple[float, float, float]
    rows: int
    columns: int


@dataclass(frozen=True)
class Convolution:
    """A convolution with bias.

    Attributes:
        filters: float32 ``(K, C, H, W)``; one axis for what the layer takes in, as dlib keeps it.
        biases: float32 ``(K,)``.
        strides: Steps down and to the right.
        padding: Zeros above and below, and left and right.
    """

    filters: np.ndarray = field(repr=False)
    biases: np.ndarray = field(repr=False)
    strides: tuple[int, int]
    padding: tuple[int, int]


@dataclass(frozen=True)
class Affine:
    """What batch normalization is after training: a factor and a summand per channel.

    Attributes:
        gamma: float32 ``(C,)``, the factors.
        beta: float32 ``(C,)``, the summands.
    """

    gamma: np.ndarray = field(repr=False)
    beta: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Pooling:
    """The largest or the mean value of each window.

    Attributes:
        kind: ``"max"`` or ``"average"``.
        window: Its rows and columns; ``(0, 0)`` stands for the whole picture.
        strides: Steps down and to the right.
        padding: Zeros above and below, and left and right.
    """

    kind: str
    window: tuple[int, int]
    strides: tuple[int, int]
    padding: tuple[int, int]


@dataclass(frozen=True)
class Relu:
    """Negative values become 0."""


@dataclass(frozen=True)
class Addition:
    """Adds what an earlier tag kept; the smaller of the two is filled up with zeros."""


@dataclass(frozen=True)
class Mark:
    """A tag (keeps what passes here) or a skip (goes on with what a tag kept)."""


@dataclass(frozen=True)
class Dense:
    """A fully connected layer without bias.

    Attributes:
        weights: float32 ``(inputs, outputs)``.
    """

    weights: np.ndarray = field(repr=False)


Layer = Input | Convolution | Affine | Pooling | Relu | Addition | Mark | Dense


@dataclass(frozen=True)
class DlibNetwork:
    """A network as its file tells it.

    Attributes:
        layers: In the order in which data passes them, the input first.
        margin: Of the metric loss that it was trained with.
        threshold: The distance that its loss separates at: nearer is the same class.
    """

    layers: tuple[Layer, ...] = field(repr=False)
    margin: float
    threshold: float


def read_dlib_network(path: str | Path) -> DlibNetwork:
    """Read a network that was trained with dlib's metric loss.

    Args:
        path: The file.

    Returns:
        Its layers with their numbers. The arrays are read-only views of the file's content.

    Raises:
        DlibFormatError: If the file is missing, truncated or damaged, goes on after its end, or
            holds another kind of network or layer.
    """
    path = Path(path)
    try:
        reader = _Reader(path.read_bytes())
        network = _network(reader)
        if reader.left:
            raise DlibFormatError(f"it goes on after its end: bytes left: {reader.left}")
    except DlibFormatError as error:
        raise DlibFormatError(f"{path.name} cannot be read: {error}") from None
    except OSError as error:
        raise DlibFormatError(f"{path.name} cannot be read: {error.strerror or error}") from error
    return network


# The encodings -----------------------------------------------------------------------------------


class _Reader:
    """Takes dlib's encodings from a file's content, one after the other, and never beyond it."""

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self._place = 0

    @property
    def left(self) -> int:
        return len(self._content) - self._place

    def take(self, count: int) -> memoryview:
        if count > self.left:
            raise DlibFormatError(f"it ends too early: bytes missing: {count - self.left}")
        self._place += count
        return self._content[self._place - count : self._place]

    def whole(self) -> int:
        control = self.take(1)[0]
        size = control & 0x0F
        if control & 0x70 or not 1 <= size <= 8:
            raise self.damage("no whole number")
        value = int.from_bytes(self.take(size), "little")
        return -value if control & 0x80 else value

    def size(self, what: str) -> int:
        """Take a whole number from 0 up that counts something in the file."""
        value = self.whole()
        if not 0 <= value < 2**31:
            raise self.damage(f"{what} of {value}")
        return value

    def real(self) -> float:
        mantissa, exponent = self.whole(), self.whole()
        # dlib marks infinity and "no number" by exponents from 32,000 on; a double ends near 1,000.
        if abs(exponent) > 900:
            raise self.damage("no finite number")
        return math.ldexp(mantissa, exponent)

    def text(self) -> str:
        length = self.size("a text's length")
        if length > LONGEST_TEXT:
            raise self.damage(f"a text of {length} bytes")
        try:
            return bytes(self.take(length)).decode("ascii")
        except UnicodeDecodeError:
            raise self.damage("a text that is not ASCII") from None

    def truth(self) -> bool:
        character = bytes(self.take(1))
        if character not in (b"0", b"1"):
            raise self.damage("neither true nor false")
        return character == b"1"

    def version(self, *known: int) -> int:
        value = self.whole()
        if value not in known:
            raise self.damage(f"version {value} of something that is known as {known}")
        return value

    def shape(self) -> tuple[int, ...]:
        return tuple(self.size("a side") for _ in range(4))

    def array(self) -> np.ndarray:
        """Take an array, as one row of numbers."""
        self.version(2)
        count = math.prod(self.shape())
        return np.frombuffer(self.take(4 * count), "<f4")

    def view(self) -> int:
        """Take the shape of a part of an array; return how many numbers it has."""
        self.version(1)
        return math.prod(self.shape())

    def damage(self, what: str) -> DlibFormatError:
        return DlibFormatError(f"there is {what} before byte {self._place}")


# The network -------------------------------------------------------------------------------------

# Version numbers that stand before the layers.
_MARK, _LAYER, _FIRST_LAYER = 1, 2, 3


def _network(reader: _Reader) -> DlibNetwork:
    try:
        reader.version(1)
        loss = reader.text()
    except DlibFormatError:
        raise DlibFormatError("it is no network that dlib wrote") from None
    if loss != "loss_metric_2":
        raise DlibFormatError(f"its loss {loss!r} is not known, only 'loss_metric_2'")
    margin, threshold = reader.real(), reader.real()
    order = [reader.version(_MARK, _LAYER, _FIRST_LAYER)]
    while order[-1] != _FIRST_LAYER:
        if len(order) == MOST_LAYERS:
            raise DlibFormatError(f"it has more than {MOST_LAYERS} layers")
        order.append(reader.version(_MARK, _LAYER, _FIRST_LAYER))
    layers: list[Layer] = [_input(reader)]
    for version in reversed(order):
        layers.append(Mark() if version == _MARK else _layer(reader))
        if version != _MARK:
            _skip_working_memory(reader)
        if version == _FIRST_LAYER:
            reader.size("a number of samples")  # what one picture becomes in the input layer
    return DlibNetwork(tuple(layers), margin, threshold)


def _skip_working_memory(reader: _Reader) -> None:
    """Pass over what dlib keeps of a layer's last use: three flags, three arrays."""
    for _ in range(3):
        reader.truth()
    for _ in range(3):
        reader.array()


def _input(reader: _Reader) -> Input:
    kind = reader.text()
    if kind != "input_rgb_image_sized":
        raise DlibFormatError(f"its input {kind!r} is not known, only 'input_rgb_image_sized'")
    red, green, blue = (reader.real() for _ in range(3))
    return Input((red, green, blue), reader.size("a height"), reader.size("a width"))


def _layer(reader: _Reader) -> Layer:
    kind = reader.text()
    if kind not in _LAYERS:
        raise DlibFormatError(
            f"its layer {kind!r} is not known, only these: {', '.join(sorted(_LAYERS))}"
        )
    return _LAYERS[kind](reader)


def _convolution(reader: _Reader) -> Convolution:
    numbers = reader.array()
    count, rows, columns, *steps = (reader.size("a side") for _ in range(7))
    filters, biases = reader.view(), reader.view()
    _skip_rates(reader)
    whole = count and rows and columns and not filters % (count * rows * columns)
    if not whole or biases != count or filters + biases != numbers.size or not filters:
        raise reader.damage(
            f"a convolution of {count} filters of {rows} × {columns} with {numbers.size} numbers"
        )
    down, right, above, left = steps
    if not down or not right:
        raise reader.damage("a convolution that does not move")
    return Convolution(
        filters=numbers[:filters].reshape(count, -1, rows, columns),
        biases=numbers[filters:],
        strides=(down, right),
        padding=(above, left),
    )


def _affine(reader: _Reader) -> Affine:
    numbers = reader.array()
    gamma, beta = reader.view(), reader.view()
    mode = reader.whole()
    if mode != 0:
        raise reader.damage("a factor that is not one for each channel")
    if not gamma or gamma != beta or gamma + beta != numbers.size:
        raise reader.damage(f"{gamma} factors and {beta} summands in {numbers.size} numbers")
    return Affine(gamma=numbers[:gamma], beta=numbers[gamma:])


def _dense(reader: _Reader) -> Dense:
    outputs, inputs = reader.size("a number of outputs"), reader.size("a number of inputs")
    numbers = reader.array()
    weights, biases = reader.view(), reader.view()
    bias_mode = reader.whole()
    _skip_rates(reader)
    if bias_mode != 1 or biases:
        raise reader.damage("a fully connected layer with bias")
    if not weights or weights != outputs * inputs or weights != numbers.size:
        raise reader.damage(
            f"a fully connected layer of {inputs} × {outputs} with {numbers.size} numbers"
        )
    return Dense(weights=numbers.reshape(inputs, outputs))


def _skip_rates(reader: _Reader) -> None:
    """Pass over the factors of the learning rate and of the weight decay, twice each."""
    for _ in range(4):
        reader.real()


def _pooling(kind: str) -> Callable[[_Reader], Pooling]:
    def read(reader: _Reader) -> Pooling:
        rows, columns, down, right, above, left = (reader.size("a side") for _ in range(6))
        if not down or not right:
            raise reader.damage("a pooling that does not move")
        return Pooling(kind, (rows, columns), (down, right), (above, left))

    return read


_LAYERS: dict[str, Callable[[_Reader], Layer]] = {
    "con_4": _convolution,
    "affine_": _affine,
    "fc_2": _dense,
    "max_pool_2": _pooling("max"),
    "avg_pool_2": _pooling("average"),
    "relu_": lambda reader: Relu(),
    "add_prev_": lambda reader: Addition(),
}

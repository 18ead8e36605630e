"""Writes small networks in dlib's format, for the tests of what reads them."""

import math
from dataclasses import dataclass, field

import numpy as np


def whole(value):
    size = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def real(value):
    mantissa, exponent = math.frexp(value)
    return whole(int(mantissa * 2**24)) + whole(exponent - 24 if value else 0)


def text(value):
    return whole(len(value)) + value.encode()


def array(numbers, shape=None):
    numbers = np.asarray(numbers, "<f4").ravel()
    shape = shape or (1, 1, 1, numbers.size)
    return whole(2) + b"".join(map(whole, shape)) + numbers.tobytes()


def view(*shape):
    return whole(1) + b"".join(map(whole, shape))


def nothing():
    return array([], (0, 0, 0, 0))


RATES = real(1.0) + real(1.0) + real(1.0) + real(0.0)
WORKING_MEMORY = b"100" + nothing() + nothing() + nothing()


def convolution(filters, biases, strides=(1, 1), padding=(0, 0)):
    count, _, rows, columns = filters.shape
    sides = (count, rows, columns, *strides, *padding)
    return (
        text("con_4")
        + array(np.concatenate([filters.ravel(), biases]))
        + b"".join(map(whole, sides))
        + view(*filters.shape)
        + view(1, count, 1, 1)
        + RATES
    )


def affine(gamma, beta, mode=0):
    parts = view(1, len(gamma), 1, 1) + view(1, len(beta), 1, 1)
    return text("affine_") + array(np.concatenate([gamma, beta])) + parts + whole(mode)


def dense(weights, bias_mode=1):
    inputs, outputs = weights.shape
    return (
        text("fc_2")
        + whole(outputs)
        + whole(inputs)
        + array(weights, (inputs, outputs, 1, 1))
        + view(inputs, outputs, 1, 1)
        + view(0, 0, 0, 0)
        + whole(bias_mode)
        + RATES
    )


def pooling(kind, window, strides, padding=(0, 0)):
    return text(kind) + b"".join(map(whole, (*window, *strides, *padding)))


def relu():
    return text("relu_")


def addition():
    return text("add_prev_")


MARK = None


@dataclass
class Draft:
    """A network to be written: layers in the order of the data; MARK for a tag or a skip."""

    layers: list = field(default_factory=list)
    means: tuple = (122.5, 117.0, 104.25)
    sides: tuple = (13, 12)
    loss: str = "loss_metric_2"
    kind: str = "input_rgb_image_sized"

    def content(self):
        versions = [whole(1) if layer is MARK else whole(2) for layer in self.layers]
        versions[0] = whole(3)
        out = whole(1) + text(self.loss) + real(0.25) + real(0.5) + b"".join(reversed(versions))
        out += text(self.kind) + b"".join(map(real, self.means)) + b"".join(map(whole, self.sides))
        for number, layer in enumerate(self.layers):
            if layer is not MARK:
                out += layer + WORKING_MEMORY
            if number == 0:
                out += whole(1)
        return out


def small_network(seed=0):
    """A residual network with both of dlib's blocks, and its arrays by name."""
    rng = np.random.default_rng(seed)

    def numbers(*shape):
        return (rng.normal(size=shape) / math.sqrt(math.prod(shape[1:]))).astype("<f4")

    shapes = {"first": (4, 3, 3, 3), "a": (4, 4, 3, 3), "b": (4, 4, 3, 3)}
    shapes |= {"c": (6, 4, 3, 3), "d": (6, 6, 3, 3)}
    arrays = {name: numbers(*shape) for name, shape in shapes.items()}
    for name, shape in shapes.items():
        for part in ("bias", "gamma", "beta"):
            arrays[f"{name}_{part}"] = rng.normal(size=shape[0]).astype("<f4")
    arrays["embedding"] = numbers(6, 5)

    def step(name, **options):
        return [
            convolution(arrays[name], arrays[f"{name}_bias"], **options),
            affine(arrays[f"{name}_gamma"], arrays[f"{name}_beta"]),
        ]

    layers = [
        *step("first", strides=(2, 2)),
        relu(),
        pooling("max_pool_2", (2, 2), (1, 1)),
        MARK,
        *step("a", padding=(1, 1)),
        relu(),
        *step("b", padding=(1, 1)),
        addition(),
        relu(),
        MARK,
        *step("c", strides=(2, 2)),
        relu(),
        *step("d", padding=(1, 1)),
        MARK,
        MARK,
        pooling("avg_pool_2", (2, 2), (2, 2)),
        addition(),
        relu(),
        pooling("avg_pool_2", (0, 0), (1, 1)),
        dense(arrays["embedding"]),
    ]
    return Draft(layers), arrays

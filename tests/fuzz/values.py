"""Values that the codec carries, for hypothesis, and a comparison that looks at types too."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Arrays of every dtype that is carried, with any bits, in several memory layouts."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=4)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    octets = rng.integers(0, 2 if dtype.kind == "b" else 256, math.prod(shape) * dtype.itemsize)
    array = octets.astype(np.uint8).view(dtype).reshape(shape)
    layout = draw(st.sampled_from(["C", "F", "reversed", "transposed", "read-only"]))
    if layout == "F":
        array = np.asfortranarray(array)
    elif layout == "reversed" and array.ndim:
        array = array[::-1]
    elif layout == "transposed":
        array = array.T
    elif layout == "read-only":
        array.flags.writeable = False
    return array


def values() -> st.SearchStrategy[Any]:
    """Any value that arrives exactly as it left."""
    text = st.text(max_size=8)
    plain = st.none() | st.booleans() | st.integers() | st.integers(-(2**300), 2**300) | text
    floats = st.floats()
    scalars = arrays().filter(lambda array: array.size).map(lambda array: array.flat[0])
    leaves = plain | floats | st.binary(max_size=8) | arrays() | scalars | st.just(...)
    key = (
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | text
        | st.binary(max_size=4)
        | st.floats(allow_nan=False)
    )
    keys = key | st.tuples(key, key) | st.tuples(st.tuples(key))
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.lists(inner, max_size=5).map(tuple)
            | st.dictionaries(keys, inner, max_size=5)
        ),
        max_leaves=20,
    )


def alike(got: Any, expected: Any) -> bool:
    """Tell whether two values are the same in type, structure and bits."""
    if type(got) is not type(expected):
        return False
    if isinstance(got, np.ndarray | np.generic):
        same = got.dtype == expected.dtype and got.shape == expected.shape
        return same and got.tobytes() == expected.tobytes()
    if isinstance(got, list | tuple):
        return len(got) == len(expected) and all(map(alike, got, expected))
    if isinstance(got, dict):
        return alike(list(got.items()), list(expected.items()))
    if isinstance(got, float):
        return (got == expected and math.copysign(1, got) == math.copysign(1, expected)) or (
            math.isnan(got) and math.isnan(expected)
        )
    if hasattr(got, "weights"):
        return got.config == expected.config and alike(got.weights, expected.weights)
    return got == expected

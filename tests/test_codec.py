"""The codec: values arrive as they left, and bytes from a stranger end in a CodecError at worst."""

from __future__ import annotations

import collections
import contextlib
import enum
import json
import math
import struct
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder import codec
from autograder.codec import CodecError, Handle, ModelData, decode, encode
from tests.fuzz.mutations import mutated
from tests.fuzz.values import alike, values

# Bounds on time are on the processor's time: the machine may be busy.
QUICKLY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)


def payload(tree: object, data: bytes = b"") -> bytes:
    """A payload as an attacker would write it."""
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return struct.pack(">I", len(text)) + text + data


def array(dtype: object, shape: object, size: object) -> dict[str, object]:
    return {"t": "array", "d": dtype, "s": shape, "n": size}


# What goes in comes out ---------------------------------------------------------------------------


@QUICKLY
@given(values())
@example([-0.0, math.nan, -math.inf, 2**53, -(2**200), ..., b"", {}, (), {(1, "a"): None}])
def test_a_value_arrives_as_it_left(value):
    assert alike(decode(encode(value)), value)


@pytest.mark.parametrize(
    "array",
    [
        np.array(2.5),
        np.array(np.nan, "float32"),
        np.zeros((0,), "int8"),
        np.zeros((3, 0, 2), "complex64"),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(12).reshape(3, 4)[::-1, ::2],
        np.broadcast_to(np.float16(3), (4, 5)),
        np.array([True, False]),
        np.array([0.0, -0.0]),
    ],
    ids=str,
)
def test_an_array_keeps_dtype_shape_and_bits(array):
    got = decode(encode(array))
    assert type(got) is np.ndarray and got.dtype == array.dtype and got.shape == array.shape
    assert got.tobytes() == array.tobytes()
    assert got.flags.writeable and got.flags.owndata and got.flags.c_contiguous


def test_a_read_only_array_arrives_writable_and_apart():
    array = np.arange(3.0)
    array.flags.writeable = False
    got = decode(encode([array, array]))
    got[0][0] = 9
    assert got[1][0] == 0


def test_arrays_of_other_byte_orders_and_precisions_arrive_as_the_nearest():
    big = decode(encode(np.arange(3, dtype=">f4")))
    assert big.dtype == np.float32 and big.tolist() == [0, 1, 2]
    assert decode(encode(np.arange(3, dtype=np.longdouble))).dtype == np.float64
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    assert decode(encode(np.ones(2, bfloat16))).dtype == np.float32


@pytest.mark.parametrize("value", [np.float32(0.1), np.int8(-3), np.bool_(True), np.float64("nan")])
def test_a_numpy_scalar_stays_one(value):
    got = decode(encode(value))
    assert type(got) is type(value) and got.tobytes() == value.tobytes()


class Colour(enum.IntEnum):
    RED = 3


class Loud(str):
    """A text that lies about itself."""

    def __str__(self):
        raise AssertionError("called")

    __len__ = __iter__ = encode = __eq__ = __str__
    __hash__ = str.__hash__


Pair = collections.namedtuple("Pair", "left right")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, 3),
        (np.str_("a"), "a"),
        (np.bytes_(b"a"), b"a"),
        (Loud("a"), "a"),
        (Pair(1, [2]), (1, [2])),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        ({np.int64(3): 1, (np.int8(1), Colour.RED): 2}, {3: 1, (1, 3): 2}),
        ("\ud800", "?"),
    ],
    ids=repr,
)
def test_a_subclass_arrives_as_its_kind(value, expected):
    got = decode(encode(value))
    assert got == expected and type(got) is type(expected)


def test_models_and_handles_pass_through_convert_on_both_sides():
    model = ModelData('{"é": 1}', (np.arange(3.0), np.zeros((0, 2), "int8")))
    out = encode([1j, {1, 2}], lambda value: model if value == 1j else Handle(7, "set"))
    got = decode(out)
    assert got[0].config == model.config and alike(list(got[0].weights), list(model.weights))
    assert got[1] == Handle(7, "set")
    assert decode(out, lambda value: type(value).__name__) == ["ModelData", "Handle"]


def test_convert_is_asked_once_for_a_value():
    with pytest.raises(CodecError, match="type object cannot be sent"):
        encode(object(), lambda value: object())


# What cannot be sent is said in a sentence --------------------------------------------------------


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def cyclic() -> list:
    value: list = []
    value.append(value)
    return value


def cyclic_dictionary() -> dict:
    value: dict = {}
    value["self"] = (value,)
    return value


def doubling() -> list:
    value: list = []
    for _ in range(codec.MAX_DEPTH - 1):
        value = [value, value]
    return value


def nested_key() -> dict:
    key: tuple = ()
    for _ in range(5_000):
        key = (key,)
    return {key: 1}


@pytest.mark.parametrize(
    "make",
    [
        lambda: nested(codec.MAX_DEPTH + 1),
        lambda: nested(100_000),
        cyclic,
        cyclic_dictionary,
        doubling,
        nested_key,
        lambda: 16 ** (codec.MAX_DIGITS + 1),
        lambda: [16 ** (codec.MAX_DIGITS - 1)] * 2_000,
        lambda: ["x" * 2**20] * 100,
        lambda: [None] * (codec.MAX_NODES + 1),
        lambda: [np.zeros(2**20)] * 9,
        lambda: np.broadcast_to(0.0, (10**6, 10**6)),
        lambda: np.broadcast_to(np.int8(0), (0, 10**9)),
        lambda: np.empty((0, 10**5, 10**5)),
        lambda: np.array([None]),
        lambda: np.array(["a"]),
        lambda: np.array([b"a"]),
        lambda: np.zeros(2, [("a", "f4")]),
        lambda: np.array(["2020-01-01"], "datetime64[D]"),
        lambda: np.zeros((1,) * 20),
        lambda: np.ma.masked_array([1, 2]),
        lambda: {float("nan"): 1},
        lambda: {2**64: 1},
        lambda: {frozenset(): 1},
        lambda: {(i, i): 0 for i in range(codec.MAX_TUPLE_KEYS + 1)},
        lambda: {1, 2},
        lambda: object(),
        lambda: ModelData(3, ()),
        lambda: ModelData("{}", (np.array([None]),)),
        lambda: ModelData("{}", ([1.0],)),
    ],
)
def test_a_value_that_cannot_be_sent_is_refused_at_once(make):
    value = make()
    start = time.process_time()
    with pytest.raises(CodecError, match=r"^[a-z][^\n]{10,120}$"):
        encode(value)
    assert time.process_time() - start < 4


# What a stranger sends ----------------------------------------------------------------------------

HUGE = 10**15
ATTACKS = {
    "nothing": b"",
    "three bytes": b"\0\0\0",
    "no tree": b"\0\0\0\0",
    "length beyond the payload": b"\0\0\0\x09null",
    "length of 4 GiB": b"\xff\xff\xff\xff" + b"x" * 100,
    "tree too long": payload(b'"' + b"x" * codec.MAX_TREE + b'"'),
    "left over": payload(b"null", b"x"),
    "UTF-16": payload("null".encode("utf-16")),
    "UTF-32": payload("[1]".encode("utf-32")),
    "no UTF-8": payload(b'"\xff"'),
    "lone surrogate": payload(b'"\\ud800"'),
    "lone surrogate as type": payload(b'{"t": "handle", "i": 1, "v": "\\udfff"}'),
    "NaN": payload(b"NaN"),
    "Infinity": payload(b"[-Infinity]"),
    "1e400": payload(b"1e400"),
    "long float": payload(b"0." + b"1" * 10**6),
    "5000 digits": payload(b"1" * 5000),
    "million digits": payload(b"-" + b"9" * 10**6),
    "deep list": payload(b"[" * 2_000_000),
    "deep list, closed": payload(b"[" * 50_000 + b"]" * 50_000),
    "deep object": payload(b'{"t":' * 500_000),
    "41 deep": payload(nested(codec.MAX_DEPTH + 1)),
    "deep tuples": payload(
        b'{"t":"tuple","v":[' * 100 + b"]}" * 100,
    ),
    "many nodes": payload(b"[" + b"0," * 1_000_000 + b"0]"),
    "many objects": payload(b"[" + b"{}," * 1_000_000 + b"{}]"),
    "no kind": payload({}),
    "unknown kind": payload({"t": "pickle", "v": "x"}),
    "kind is a list": payload({"t": [], "v": "x"}),
    "kind is a number": payload({"t": 1}),
    "same key twice": payload(b'{"t": "tuple", "t": "float", "v": "nan"}'),
    "additional key": payload({"t": "tuple", "v": [], "x": 1}),
    "missing key": payload({"t": "array", "d": "<f4", "s": [0]}),
    "int without digits": payload({"t": "int", "v": ""}),
    "int minus": payload({"t": "int", "v": "-"}),
    "int underscore": payload({"t": "int", "v": "1_0"}),
    "int prefix": payload({"t": "int", "v": "0x10"}),
    "int newline": payload({"t": "int", "v": "10\n"}),
    "int too long": payload({"t": "int", "v": "f" * (codec.MAX_DIGITS + 9)}),
    "int of a list": payload({"t": "int", "v": [1]}),
    "float word": payload({"t": "float", "v": "infinity"}),
    "float list": payload({"t": "float", "v": ["nan"]}),
    "tuple of text": payload({"t": "tuple", "v": "ab"}),
    "dict of triples": payload({"t": "dict", "v": [[1, 2, 3]]}),
    "dict of an object": payload({"t": "dict", "v": {"a": 1}}),
    "NaN key": payload({"t": "dict", "v": [[{"t": "float", "v": "nan"}, 1]]}),
    "list as key": payload({"t": "dict", "v": [[[], 1]]}),
    "dict as key": payload({"t": "dict", "v": [[{"t": "dict", "v": []}, 1]]}),
    "handle as key": payload({"t": "dict", "v": [[{"t": "handle", "i": 1, "v": "x"}, 1]]}),
    "list in a key": payload({"t": "dict", "v": [[{"t": "tuple", "v": [[]]}, 1]]}),
    "same key in a dict": payload({"t": "dict", "v": [[1, 1], [1, 2]]}),
    "equal keys in a dict": payload({"t": "dict", "v": [[1, 1], [True, 2]]}),
    "array of 10^15": payload(array("<f8", [HUGE], 8 * HUGE)),
    "array of 10^15, no bytes": payload(array("<f8", [HUGE], 0)),
    "array overflows 64 bits": payload(array("<f8", [2**26] * 16, 0)),
    "array wraps to 8": payload(array("<i8", [2**24, 2**24, 2**16], 0)),
    "empty with a huge side": payload(array("<f4", [0, 10**9], 0)),
    "empty with huge sides": payload(array("<f4", [0, 2**26, 2**26, 2**26], 0)),
    "negative side": payload(array("<f4", [-1], 4), b"0000"),
    "two negative sides": payload(array("<f4", [-1, -1], 4), b"0000"),
    "bool as side": payload(array("<f4", [True], 4), b"0000"),
    "float as side": payload(array("<f4", [1.0], 4), b"0000"),
    "null as side": payload(array("<f4", [None], 4), b"0000"),
    "shape is a number": payload(array("<f4", 1, 4), b"0000"),
    "shape is text": payload(array("|i1", "1", 1), b"0"),
    "17 dimensions": payload(array("|i1", [1] * 17, 1), b"0"),
    "1000 dimensions": payload(array("|i1", [1] * 1000, 1), b"0"),
    "size is a bool": payload(array("|i1", [1], True), b"0"),
    "size is a float": payload(array("|i1", [1], 1.0), b"0"),
    "size is negative": payload({"t": "bytes", "n": -1}),
    "size is text": payload({"t": "bytes", "n": "1"}, b"1"),
    "bytes beyond the end": payload({"t": "bytes", "n": 2}, b"1"),
    "bytes used twice": payload([{"t": "bytes", "n": 3}, {"t": "bytes", "n": 3}], b"abc"),
    "truth value of 2": payload(array("|b1", [2], 2), b"\1\2"),
    "truth scalar of 255": payload({"t": "scalar", "d": "|b1", "s": [], "n": 1}, b"\xff"),
    "scalar with a side": payload({"t": "scalar", "d": "<f4", "s": [1], "n": 4}, b"0000"),
    "model config no UTF-8": payload({"t": "model", "n": 1, "v": []}, b"\xff"),
    "model weights no list": payload({"t": "model", "n": 0, "v": 3}),
    "model weights no arrays": payload({"t": "model", "n": 0, "v": [1]}),
    "model weight scalar": payload(
        {"t": "model", "n": 0, "v": [{"t": "scalar", "d": "|i1", "s": [], "n": 1}]}, b"0"
    ),
    "handle negative": payload({"t": "handle", "i": -1, "v": "x"}),
    "handle true": payload({"t": "handle", "i": True, "v": "x"}),
    "handle large": payload({"t": "handle", "i": 2**40, "v": "x"}),
    "handle with a long name": payload({"t": "handle", "i": 1, "v": "x" * 101}),
} | {
    f"dtype {dtype}": payload(array(dtype, [1], 4), b"0000")
    for dtype in (
        *("O", "|O", "V", "|V4", "|S4", "<U1", ">f4", "=f4", "f4", "float32", "<f4,", "<M8[ns]"),
        *("i4,i4", "", " ", "<g", "4f", "(2,)i2", "<e\0", None, 3, ["<f4"], [["a", "<f4"]], {}),
    )
}


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attack_ends_in_a_codec_error(attack):
    data = ATTACKS[attack]
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(CodecError, match=r"^[a-z][^\n]{10,120}$"):
            decode(data)
        seconds, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seconds < 10  # tracing makes it some ten times slower
    assert peak < 400 * 2**20


def test_an_honest_neighbour_of_each_array_attack_is_accepted():
    got = decode(payload(array("<f4", [1], 4), b"0000"))
    assert got.shape == (1,)
    assert decode(payload(array("|b1", [2], 2), b"\1\0")).tolist() == [True, False]
    assert decode(payload(array("<f4", [0, 2**20], 0))).shape == (0, 2**20)
    assert decode(payload(nested(codec.MAX_DEPTH))) == nested(codec.MAX_DEPTH)


def test_a_payload_over_the_limit_is_refused():
    with pytest.raises(CodecError, match="impossible length"):
        decode(bytes(codec.MAX_PAYLOAD + 1))


@QUICKLY
@given(st.binary(max_size=200))
def test_random_bytes_end_in_a_value_or_a_codec_error(data):
    for attempt in (data, payload(data), payload(b"[" + data + b"]")):
        with contextlib.suppress(CodecError):
            decode(attempt)


@QUICKLY
@given(values(), st.integers(0, 2**32))
def test_mutated_payloads_end_in_a_value_or_a_codec_error(value, seed):
    data = mutated(encode(value), np.random.default_rng(seed))
    try:
        got = decode(data)
    except CodecError:
        return
    assert alike(decode(encode(got)), got)  # whatever is accepted is a value like any other


def colliding_tuples(count: int) -> list[tuple[int, int]]:
    """Tuples of two integers with one hash, by running the tuple's hash backwards."""
    mask, prime_1, prime_2, prime_5 = (
        2**64 - 1,
        11400714785074694791,
        14029467366897019727,
        2870177450012600261,
    )

    def turn(value: int, bits: int) -> int:
        return (value << bits | value >> (64 - bits)) & mask

    target, found, first = turn(12345, 31) * prime_1 & mask, [], 0
    back = pow(prime_2, -1, 2**64)
    while len(found) < count:
        first += 1
        state = turn((prime_5 + first * prime_2) & mask, 31) * prime_1 & mask
        second = (12345 - state) * back & mask
        if second < 2**61 - 1:
            found.append((first, second))
    assert target and len({hash(pair) for pair in found[:100]}) == 1
    return found


def test_keys_of_one_hash_cost_little():
    pairs = [
        [{"t": "tuple", "v": [a, b]}, 0] for a, b in colliding_tuples(codec.MAX_TUPLE_KEYS + 1)
    ]
    start = time.process_time()
    assert len(decode(payload({"t": "dict", "v": pairs[:-1]}))) == codec.MAX_TUPLE_KEYS
    assert time.process_time() - start < 5
    with pytest.raises(CodecError):
        decode(payload({"t": "dict", "v": pairs}))
    with pytest.raises(CodecError):  # in several dictionaries they count together
        decode(payload([{"t": "dict", "v": pairs[:3_000]}, {"t": "dict", "v": pairs[:3_000]}]))
    same_hash = [[i * (2**61 - 1) + 1, 0] for i in range(1, 20)]
    with pytest.raises(CodecError):
        decode(payload({"t": "dict", "v": same_hash}))


def test_ten_megabytes_take_little_time_and_memory():
    array = np.random.default_rng(0).random(10 * 2**20 // 8)
    tracemalloc.start()
    try:
        start = time.process_time()
        got = decode(encode(array))
        seconds, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert np.array_equal(got, array)
    assert seconds < 2 and peak < 5 * array.nbytes


def test_the_codec_needs_numpy_and_nothing_else():
    script = (
        "import sys, autograder.codec as c; c.decode(c.encode([1, 2.5]));"
        "print(sorted({n.split('.')[0] for n in sys.modules}"
        " & {'keras', 'tensorflow', 'nbformat', 'IPython', 'pickle', 'matplotlib', 'utils'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() in ("[]", "['pickle']")  # NumPy itself imports pickle

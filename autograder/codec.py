"""Carries values between the examiner and a learner's process: as data, and nothing else.

A value crosses as a *payload*: a JSON tree, and behind it the bytes of arrays. Only the kinds
below exist; there is no pickle, no class name to import, no code. What arrives from a learner's
process is a stranger's bytes, so everything about it is bounded and checked before memory is
allocated for it: the payload's length, the tree's depth and number of nodes, the digits of a
number, an array's dtype, dimensions and byte count.

============  ==================================================================================
kind          in the tree
============  ==================================================================================
plain         ``null``, ``true``, ``"text"``, ``12``, ``1.5``, ``[…]`` for lists
``ellipsis``  nothing more: it is what an unfinished function returns
``int``       hexadecimal digits, for integers that JSON readers do not agree on
``float``     ``nan``, ``inf``, ``-inf``
``tuple``     a list of items
``dict``      a list of pairs; keys are plain values or tuples of them
``bytes``     a place behind the tree
``array``     dtype, shape and a place behind the tree; ``scalar`` is an array without dimensions
``model``     a Keras model: configuration (JSON text) and a list of arrays
``handle``    an object that stays in the learner's process: a number and the name of its type
============  ==================================================================================

What a value loses: a subclass of a built-in type (a named tuple, an ``IntEnum``, ``np.str_``)
arrives as that type; arrays arrive in C order and in the machine's byte order, bfloat16 and long
double as float32 and float64; what was one object in two places arrives as two; a lone surrogate
in a text arrives as ``?``.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_PAYLOAD = 64 * 2**20
MAX_TREE = 4 * 2**20
MAX_DEPTH = 40
MAX_NODES = 200_000
MAX_DIGITS = 4_000  # hexadecimal
MAX_TYPE_NAME = 100
# Whoever picks the integers in a tuple picks its hash. So few keys may be tuples that even
# if all had one hash, a dictionary of them would be made within a second.
MAX_TUPLE_KEYS = 4_096
MAX_DIMENSIONS = 16
DTYPES = frozenset(
    np.dtype(name).str
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
)

_LENGTH = struct.Struct(">I")
_SAFE_INTEGER = 2**53
_KEY_LIMIT = 2**64
_NUMBER_LENGTH = 32  # of a number in JSON; Python writes at most 24 characters
_HEXADECIMAL = re.compile(r"-?[0-9a-f]+")


class CodecError(Exception):
    """A value that cannot cross; the message is one sentence for the learner."""


@dataclass(frozen=True)
class Handle:
    """An object that stays where it was made.

    Attributes:
        number: Its number in the process that holds it.
        type_name: The name of its type, for messages.
    """

    number: int
    type_name: str


@dataclass(frozen=True)
class ModelData:
    """A Keras model as it crosses.

    Attributes:
        config: What ``model.to_json()`` gives, JSON text.
        weights: Its weights, in the order of ``model.get_weights()``.
    """

    config: str
    weights: tuple[np.ndarray, ...] = field(default=())


Outgoing = Callable[[Any], Any]
Incoming = Callable[[Any], Any]


def encode(value: Any, convert: Outgoing | None = None) -> bytes:
    """Turn a value into a payload.

    Args:
        value: The value.
        convert: Called with each object that is none of the kinds above; returns one that is (a
            :class:`Handle`, a :class:`ModelData`, an array) or raises :class:`CodecError`.

    Returns:
        The payload.

    Raises:
        CodecError: If the value holds what cannot cross, is nested too deeply (or in itself), or
            is too large.
    """
    writer = _Writer(convert)
    tree = writer.write(value, 0)
    text = json.dumps(tree, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()
    if len(text) > MAX_TREE:
        raise CodecError("the value holds too much text or too many items to be sent")
    total = _LENGTH.size + len(text) + writer.size
    if total > MAX_PAYLOAD:
        raise CodecError(f"the value is too large: over {MAX_PAYLOAD >> 20} MiB")
    return b"".join([_LENGTH.pack(len(text)), text, *writer.parts])


def decode(payload: bytes, convert: Incoming | None = None) -> Any:
    """Turn a payload into a value.

    Args:
        payload: The bytes of one value, from anybody.
        convert: Called with each :class:`Handle` and :class:`ModelData`; what it returns takes
            its place. Without it they stay as they are.

    Returns:
        The value; arrays are fresh and writable.

    Raises:
        CodecError: If the payload is not exactly what :func:`encode` may give.
    """
    if not _LENGTH.size <= len(payload) <= MAX_PAYLOAD:
        raise CodecError("the answer has an impossible length")
    (length,) = _LENGTH.unpack_from(payload)
    if length > MAX_TREE or _LENGTH.size + length > len(payload):
        raise CodecError("the answer has an impossible length")
    text = bytes(payload[_LENGTH.size : _LENGTH.size + length])
    reader = _Reader(memoryview(payload)[_LENGTH.size + length :], convert)
    value = reader.read(parse_json(text), 0)
    reader.finish()
    return value


# Writing ------------------------------------------------------------------------------------------


class _Writer:
    """Builds the tree and collects the bytes that go behind it."""

    def __init__(self, convert: Outgoing | None) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        self._convert = convert
        self._nodes = 0
        self._characters = 0
        self._tuple_keys = 0

    def write(self, value: Any, depth: int) -> Any:
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise CodecError(f"the value is nested more than {MAX_DEPTH} deep")
        if self._nodes > MAX_NODES:
            raise CodecError(f"the value has more than {MAX_NODES} parts")
        kind = type(value)
        if kind not in _WRITERS:
            kind, value = _plainer(value)
        if kind in _WRITERS:
            return _WRITERS[kind](self, value, depth)
        return self._converted(value, depth)

    def _converted(self, value: Any, depth: int) -> Any:
        if self._convert is None:
            raise CodecError(f"a value of type {_name(value)} cannot be sent")
        # What convert returns is one of the kinds: it is not asked a second time.
        convert, self._convert = self._convert, None
        try:
            return self.write(convert(value), depth)
        finally:
            self._convert = convert

    def _same(self, value: Any, depth: int) -> Any:
        return value

    def _str(self, value: str, depth: int) -> str:
        self._count(len(value))
        return _text(value)

    def _int(self, value: int, depth: int) -> Any:
        if -_SAFE_INTEGER < value < _SAFE_INTEGER:
            return value
        if value.bit_length() > 4 * MAX_DIGITS:
            raise CodecError("an integer has too many digits")
        digits = f"{value:x}"
        self._count(len(digits))
        return {"t": "int", "v": digits}

    def _float(self, value: float, depth: int) -> Any:
        return value if math.isfinite(value) else {"t": "float", "v": str(value)}

    def _ellipsis(self, value: Any, depth: int) -> dict[str, Any]:
        return {"t": "ellipsis"}

    def _list(self, value: list, depth: int) -> list:
        return [self.write(item, depth + 1) for item in list.__iter__(value)]

    def _tuple(self, value: tuple, depth: int) -> dict[str, Any]:
        return {"t": "tuple", "v": [self.write(item, depth + 1) for item in tuple.__iter__(value)]}

    def _dict(self, value: dict, depth: int) -> dict[str, Any]:
        # A copy: convert may run code that changes the dictionary.
        pairs = [
            [self._key(key, depth + 1), self.write(item, depth + 1)]
            for key, item in list(dict.items(value))
        ]
        return {"t": "dict", "v": pairs}

    def _bytes(self, value: bytes, depth: int) -> dict[str, Any]:
        return {"t": "bytes", "n": self._put(value)}

    def _model(self, value: ModelData, depth: int) -> dict[str, Any]:
        if type(value.config) is not str or type(value.weights) not in (tuple, list):
            raise CodecError("a model without configuration or weights cannot be sent")
        if not all(type(weight) is np.ndarray for weight in value.weights):
            raise CodecError("a model whose weights are no arrays cannot be sent")
        size = self._put(_text(value.config).encode())
        weights = [self.write(weight, depth + 1) for weight in value.weights]
        return {"t": "model", "n": size, "v": weights}

    def _handle(self, value: Handle, depth: int) -> dict[str, Any]:
        return {"t": "handle", "i": value.number, "v": _text(value.type_name)[:MAX_TYPE_NAME]}

    def _ndarray(self, value: np.ndarray, depth: int) -> dict[str, Any]:
        return self._array("array", value)

    def _scalar(self, value: np.generic, depth: int) -> dict[str, Any]:
        return self._array("scalar", np.asarray(value))

    def _key(self, key: Any, depth: int) -> Any:
        key = _plain_key(key, depth)
        self._tuple_keys += type(key) is tuple
        if self._tuple_keys > MAX_TUPLE_KEYS:
            raise CodecError("the dictionaries have too many keys that are tuples")
        return self.write(key, depth)

    def _array(self, tag: str, array: np.ndarray) -> dict[str, Any]:
        # Before it is copied: a broadcast array may be larger than the memory.
        if self.size + array.nbytes > MAX_PAYLOAD or max(array.shape, default=0) > MAX_PAYLOAD:
            raise CodecError(f"the value is too large: over {MAX_PAYLOAD >> 20} MiB")
        if array.ndim > MAX_DIMENSIONS:
            raise CodecError(f"an array has more than {MAX_DIMENSIONS} dimensions")
        if array.dtype.str not in DTYPES:
            array = _known_dtype(array)
        if _padded_size(array.shape, array.dtype) > MAX_PAYLOAD:
            raise CodecError("an empty array has sides that are too long to be sent")
        size = self._put(array.tobytes())
        return {"t": tag, "d": array.dtype.str, "s": list(array.shape), "n": size}

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > MAX_TREE:
            raise CodecError("the value holds too much text or too many digits to be sent")

    def _put(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > MAX_PAYLOAD:
            raise CodecError(f"the value is too large: over {MAX_PAYLOAD >> 20} MiB")
        self.parts.append(data)
        return len(data)


_WRITERS: dict[type, Callable[[_Writer, Any, int], Any]] = {
    type(None): _Writer._same,
    bool: _Writer._same,
    str: _Writer._str,
    int: _Writer._int,
    float: _Writer._float,
    type(Ellipsis): _Writer._ellipsis,
    list: _Writer._list,
    tuple: _Writer._tuple,
    dict: _Writer._dict,
    bytes: _Writer._bytes,
    np.ndarray: _Writer._ndarray,
    np.generic: _Writer._scalar,
    ModelData: _Writer._model,
    Handle: _Writer._handle,
}


def _plainer(value: Any) -> tuple[type, Any]:
    """Return a value that is of a subclass as what it is a kind of, without calling its methods."""
    kind = type(value)
    if issubclass(kind, str):  # np.str_ too, before NumPy's other scalars
        return str, str.__str__(value)
    if issubclass(kind, bytes):
        return bytes, bytes.__getitem__(value, slice(None))
    if issubclass(kind, np.generic):
        return np.generic, value
    if kind is np.memmap:
        return np.ndarray, np.asarray(value)
    for base, copy in _COPIES.items():
        if issubclass(kind, base):
            return base, copy(value)
    return kind, value


_COPIES: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: value,
    int: lambda value: int.__add__(value, 0),
    float: lambda value: float.__add__(value, -0.0),  # adding 0.0 would lose the sign of -0.0
    list: lambda value: value,
    tuple: lambda value: tuple(tuple.__iter__(value)),
    dict: lambda value: value,
}


def _plain_key(key: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise CodecError(f"the value is nested more than {MAX_DEPTH} deep")
    kind, plain = _plainer(key)
    if kind is tuple:
        return tuple([_plain_key(item, depth + 1) for item in plain])
    if isinstance(plain, np.bool_ | np.integer | np.floating):
        plain = plain.item()
    if not _is_key(plain):
        raise CodecError(f"a dictionary has a key that cannot be sent, of type {_name(key)}")
    return plain


def _known_dtype(array: np.ndarray) -> np.ndarray:
    native = array.dtype.newbyteorder("=")
    if native.str in DTYPES:
        return array.astype(native)
    if array.dtype.name == "bfloat16":
        return array.astype(np.float32)
    if array.dtype.kind == "f":  # long double: the nearest that every machine knows
        return array.astype(np.float64)
    raise CodecError(
        f"an array of dtype {str(array.dtype)[:40]} cannot be sent: numbers and booleans can"
    )


def _name(value: Any) -> str:
    return _text(type.__dict__["__name__"].__get__(type(value)))[:MAX_TYPE_NAME]


def _text(value: str) -> str:
    # A lone surrogate is no text: it would be refused on the other side.
    return str.encode(value, "utf-8", "replace").decode("utf-8")


# Reading ------------------------------------------------------------------------------------------


def parse_json(text: bytes) -> Any:
    """Parse a stranger's JSON.

    Args:
        text: ASCII or UTF-8, of a length that the caller has bounded.

    Returns:
        The tree: None, bool, int, finite float, str, list, dict.

    Raises:
        CodecError: For what is no JSON, numbers of more than 32 characters or beyond float's
            range, ``NaN`` and the like, keys that occur twice, nesting deeper than Python's own
            limit.
    """
    try:
        # Decoded here: json would also take UTF-16 and UTF-32.
        return json.loads(
            text.decode("utf-8"),
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_finite,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise CodecError("the answer is no JSON that can be read") from None


def _no_constant(word: str) -> None:
    raise CodecError(f"the answer holds {word}, which is no JSON")


def _integer(digits: str) -> int:
    if len(digits) > _NUMBER_LENGTH:
        raise CodecError("the answer holds an integer that is too long")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits) if len(digits) <= _NUMBER_LENGTH else math.inf
    if not math.isfinite(number):
        raise CodecError("the answer holds a number that is too long or too large")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise CodecError("the answer holds an object with the same key twice")
    return result


class _Reader:
    """Reads the tree and takes each piece of the bytes behind it, in order and exactly once."""

    def __init__(self, rest: memoryview, convert: Incoming | None) -> None:
        self._rest = rest
        self._convert = convert or (lambda value: value)
        self._position = 0
        self._nodes = 0
        self._tuple_keys = 0

    def finish(self) -> None:
        if self._position != len(self._rest):
            raise CodecError("the answer is longer than what it says it holds")

    def read(self, node: Any, depth: int) -> Any:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise CodecError("the answer is nested too deeply or has too many parts")
        if isinstance(node, str):
            return _whole_text(node)
        if node is None or isinstance(node, (bool, int, float)):
            return node
        if isinstance(node, list):
            return [self.read(item, depth + 1) for item in node]
        tag = node.get("t")
        reader = _READERS.get(tag) if isinstance(tag, str) else None
        if reader is None:
            raise CodecError("the answer holds a value of an unknown kind")
        keys, read = reader
        if node.keys() != keys:
            raise CodecError("the answer holds a value in a wrong form")
        return read(self, node, depth)

    def int_(self, node: dict, depth: int) -> int:
        digits = node["v"]
        if not isinstance(digits, str) or not 0 < len(digits) <= MAX_DIGITS + 1:
            raise CodecError("the answer holds an integer in a wrong form")
        if not _HEXADECIMAL.fullmatch(digits):
            raise CodecError("the answer holds an integer in a wrong form")
        return int(digits, 16)

    def ellipsis_(self, node: dict, depth: int) -> Any:
        return ...

    def float_(self, node: dict, depth: int) -> float:
        if node["v"] not in ("nan", "inf", "-inf"):
            raise CodecError("the answer holds a number in a wrong form")
        return float(node["v"])

    def tuple_(self, node: dict, depth: int) -> tuple:
        return tuple(self._items(node, depth))

    def dict_(self, node: dict, depth: int) -> dict:
        result = {}
        for pair in self._list(node):
            if not isinstance(pair, list) or len(pair) != 2:
                raise CodecError("the answer holds a dictionary in a wrong form")
            key = self.read(pair[0], depth + 1)
            self._tuple_keys += type(key) is tuple
            if self._tuple_keys > MAX_TUPLE_KEYS or not _is_key(key) or key in result:
                raise CodecError("the answer holds a dictionary with a key that cannot be one")
            result[key] = self.read(pair[1], depth + 1)
        return result

    def bytes_(self, node: dict, depth: int) -> bytes:
        return bytes(self._take(node["n"]))

    def array_(self, node: dict, depth: int) -> np.ndarray:
        dtype, shape = node["d"], node["s"]
        if not isinstance(dtype, str) or dtype not in DTYPES:
            raise CodecError("the answer holds an array of a dtype that cannot be sent")
        if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
            raise CodecError("the answer holds an array with too many dimensions")
        if not all(type(side) is int and 0 <= side <= MAX_PAYLOAD for side in shape):
            raise CodecError("the answer holds an array with an impossible shape")
        # Python's integers do not overflow: an array that lies about its size is found here.
        # NumPy refuses empty arrays whose other sides are too long, so these are looked at too.
        if _padded_size(shape, np.dtype(dtype)) > MAX_PAYLOAD:
            raise CodecError("the answer holds an array with an impossible shape")
        if math.prod(shape) * np.dtype(dtype).itemsize != node["n"]:
            raise CodecError("the answer holds an array whose size is not what its shape says")
        data = self._take(node["n"])
        array = np.empty(shape, dtype)
        if array.size:
            octets = np.frombuffer(data, np.uint8)
            # An octet of 2 would be a truth value that equals neither True nor False.
            if array.dtype == bool and octets.max() > 1:
                raise CodecError("the answer holds an array of truth values in a wrong form")
            array.reshape(-1).view(np.uint8)[:] = octets
        return array

    def scalar_(self, node: dict, depth: int) -> np.generic:
        if node["s"] != []:
            raise CodecError("the answer holds a number in a wrong form")
        return self.array_(node, depth)[()]

    def model_(self, node: dict, depth: int) -> Any:
        try:
            config = str(self._take(node["n"]), "utf-8")
        except UnicodeDecodeError:
            raise CodecError("the answer holds a model in a wrong form") from None
        weights = self._items(node, depth)
        if not all(isinstance(weight, np.ndarray) for weight in weights):
            raise CodecError("the answer holds a model whose weights are no arrays")
        return self._convert(ModelData(config, tuple(weights)))

    def handle_(self, node: dict, depth: int) -> Any:
        number, name = node["i"], node["v"]
        if type(number) is not int or not 0 <= number < 2**31:
            raise CodecError("the answer holds an object without a number")
        if not isinstance(name, str) or len(name) > MAX_TYPE_NAME:
            raise CodecError("the answer holds an object without a type")
        return self._convert(Handle(number, _whole_text(name)))

    def _list(self, node: dict) -> list:
        if not isinstance(node["v"], list):
            raise CodecError("the answer holds a collection in a wrong form")
        return node["v"]

    def _items(self, node: dict, depth: int) -> list:
        return [self.read(item, depth + 1) for item in self._list(node)]

    def _take(self, count: Any) -> memoryview:
        if type(count) is not int or not 0 <= count <= len(self._rest) - self._position:
            raise CodecError("the answer is shorter than what it says it holds")
        piece = self._rest[self._position : self._position + count]
        self._position += count
        return piece


_READERS: dict[str, tuple[set[str], Callable[[_Reader, dict, int], Any]]] = {
    "ellipsis": ({"t"}, _Reader.ellipsis_),
    "int": ({"t", "v"}, _Reader.int_),
    "float": ({"t", "v"}, _Reader.float_),
    "tuple": ({"t", "v"}, _Reader.tuple_),
    "dict": ({"t", "v"}, _Reader.dict_),
    "bytes": ({"t", "n"}, _Reader.bytes_),
    "array": ({"t", "d", "s", "n"}, _Reader.array_),
    "scalar": ({"t", "d", "s", "n"}, _Reader.scalar_),
    "model": ({"t", "n", "v"}, _Reader.model_),
    "handle": ({"t", "i", "v"}, _Reader.handle_),
}


def _whole_text(text: str) -> str:
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise CodecError("the answer holds a text that is no Unicode") from None
    return text


# Both sides --------------------------------------------------------------------------------------


def _padded_size(shape: Sequence[int], dtype: np.dtype) -> int:
    """Count the bytes of an array as if no side were shorter than 1."""
    return math.prod(max(side, 1) for side in shape) * dtype.itemsize


def _is_key(key: Any) -> bool:
    """Tell whether a value may be a key: plain, equal to itself, with a hash not easily chosen."""
    kind = type(key)
    if kind is tuple:
        return all(map(_is_key, key))
    if kind is int:
        return -_KEY_LIMIT < key < _KEY_LIMIT
    return key is None or kind in (bool, str, bytes) or (kind is float and key == key)

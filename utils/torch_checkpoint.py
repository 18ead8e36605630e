"""Reads the arrays of a PyTorch checkpoint (``.pth``) without PyTorch, and runs none of its code.

``torch.save`` writes a pickle, and a pickle is a program: whoever unpickles a file from a stranger
runs the stranger's code. Here the program may use the instructions and name the few things that a
dictionary of tensors needs, each replaced by a harmless stand-in. Anything else ends the reading.

Both formats are read: the stream of PyTorch before 1.6 (five pickles, then the numbers) and the zip
archive since then. PyTorch's sources describe them: ``torch/serialization.py``.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

ZIP_START = b"PK\x03\x04"
STREAM_MAGIC = 0x1950A86A20F9469CFC6C
STREAM_VERSION = 1001

# PyTorch's name of a storage, and what its numbers are; always little-endian here.
_STORAGES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "|i1",
    "ByteStorage": "|u1",
    "BoolStorage": "|b1",
}


class CheckpointError(Exception):
    """A file is no checkpoint of plain tensors, is damaged, or names what it must not."""


def read_checkpoint(path: str | Path) -> dict[str, np.ndarray]:
    """Read a dictionary of tensors that ``torch.save`` wrote, such as a model's ``state_dict``.

    Args:
        path: The file.

    Returns:
        Each tensor under its name, in the file's order, as a read-only array. Its strides are the
        file's, so it need not be contiguous.

    Raises:
        CheckpointError: If the file is missing, truncated or damaged, holds anything but a
            dictionary of tensors, or names a function or class that is not on this module's list.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            zipped = file.read(len(ZIP_START)) == ZIP_START
            tensors, storages = _read_zip(file) if zipped else _read_stream(file)
        return {name: _array(tensor, storages) for name, tensor in tensors.items()}
    except CheckpointError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error}") from None
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror or error}") from error


# What a file describes ---------------------------------------------------------------------------


class _Storage(NamedTuple):
    """A row of numbers that stands elsewhere in the file."""

    key: str
    dtype: str
    size: int  # in numbers, not in bytes

    @property
    def bytes(self) -> int:
        return self.size * np.dtype(self.dtype).itemsize


class _Tensor(NamedTuple):
    """A part of a storage, seen as an array. Offset and strides count numbers."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Contents(NamedTuple):
    tensors: dict[str, _Tensor]
    storages: dict[str, bytes]


def _array(tensor: _Tensor, storages: dict[str, bytes]) -> np.ndarray:
    """Lay a tensor over its storage; NumPy checks once more that it stays inside."""
    dtype = np.dtype(tensor.storage.dtype)
    return np.ndarray(
        tensor.shape,
        dtype,
        buffer=storages[tensor.storage.key],
        offset=tensor.offset * dtype.itemsize if math.prod(tensor.shape) else 0,
        strides=[stride * dtype.itemsize for stride in tensor.strides],
    )


# The two formats ---------------------------------------------------------------------------------


def _read_stream(file: BinaryIO) -> _Contents:
    """Read the format before PyTorch 1.6: magic number, version, system, tensors, keys, numbers."""
    file.seek(0)
    if _unpickle(file).value != STREAM_MAGIC:
        raise CheckpointError("it is no file that torch.save wrote")
    version, system = _unpickle(file).value, _unpickle(file).value
    if version != STREAM_VERSION:
        raise CheckpointError(f"version {version!r} of the format is not known")
    if type(system) is not dict or system.get("little_endian") is not True:
        raise CheckpointError("its numbers are not little-endian")
    tensors, declared = _state_dict(_unpickle(file))
    keys = _unpickle(file).value
    if type(keys) is not list or not all(type(key) is str for key in keys):
        raise CheckpointError("the list of its storages is damaged")
    if len(keys) != len(declared) or set(keys) != set(declared):
        raise CheckpointError("the storages that it lists are not those that its tensors use")
    storages = {}
    for key in keys:
        size = int.from_bytes(_exactly(file, 8), "little", signed=True)
        if size != declared[key].size:
            raise CheckpointError(
                f"a storage of {declared[key].size} numbers is said to hold {size} in another place"
            )
        storages[key] = _exactly(file, declared[key].bytes)
    return _Contents(tensors, storages)


def _read_zip(file: BinaryIO) -> _Contents:
    """Read the format since PyTorch 1.6: ``NAME/data.pkl`` and a file per storage beside it."""
    try:
        archive = zipfile.ZipFile(file)
        programs = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if len(programs) != 1:
            raise CheckpointError("the archive has no data.pkl, or several")
        root = programs[0].removesuffix("data.pkl")
        order = f"{root}byteorder"
        if order in archive.namelist() and _stored(archive, order) != b"little":
            raise CheckpointError("its numbers are not little-endian")
        program = io.BytesIO(_stored(archive, programs[0]))
        tensors, declared = _state_dict(_unpickle(program))
        storages = {
            key: _stored(archive, f"{root}data/{key}", storage.bytes)
            for key, storage in declared.items()
        }
    except (
        zipfile.BadZipFile,
        struct.error,
        KeyError,
        EOFError,
        RuntimeError,
        ValueError,
    ) as error:
        raise CheckpointError(f"the archive is damaged ({error})") from error
    return _Contents(tensors, storages)


def _stored(archive: zipfile.ZipFile, name: str, size: int | None = None) -> bytes:
    """Read a member; torch.save does not compress, and a small file must not become a large one."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        raise CheckpointError("the archive is compressed, which torch.save does not do")
    if size is not None and info.file_size != size:
        raise CheckpointError(f"a storage should have {size} bytes and has {info.file_size}")
    return archive.read(name)


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise CheckpointError(f"it ends too early: {count - len(data)} bytes are missing")
    return data


def _state_dict(result: _Unpickled) -> tuple[dict[str, _Tensor], dict[str, _Storage]]:
    if not isinstance(result.value, dict):
        raise CheckpointError(f"it holds a {type(result.value).__name__}, not a dictionary")
    for name, tensor in result.value.items():
        if type(name) is not str or type(tensor) is not _Tensor:
            raise CheckpointError(f"its entry {str(name)[:60]!r} is no tensor")
    return dict(result.value), result.storages


# The pickle --------------------------------------------------------------------------------------
# The instructions of protocol 2 that PyTorch writes. Left out are those that import (INST,
# STACK_GLOBAL, EXT1 ...) or make objects (OBJ, NEWOBJ) in other ways than GLOBAL and REDUCE.
# fmt: off
_INSTRUCTIONS = frozenset([
    "PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BUILD", "BINPERSID",
    "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
    "NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE",
    "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3",
    "EMPTY_LIST", "APPEND", "APPENDS", "EMPTY_DICT", "SETITEM", "SETITEMS",
])
# fmt: on

# What find_class hands out, a file may call, and may try to change with pickle's BUILD. So each is
# an object without attributes that could be set.


class _StorageType(NamedTuple):
    """Stands for ``torch.FloatStorage`` and the like."""

    dtype: str


class _State(dict):
    """Stands for an OrderedDict. What BUILD would attach to it (``_metadata``) is dropped."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        pass


class _MakeState:
    """Stands for the class ``collections.OrderedDict``."""

    __slots__ = ()

    def __call__(self) -> _State:
        return _State()


class _RebuildTensor:
    """Stands for ``torch._utils._rebuild_tensor_v2``."""

    __slots__ = ()

    def __call__(
        self, storage: Any, offset: Any, shape: Any, strides: Any, *unused: Any
    ) -> _Tensor:
        if type(storage) is not _Storage:
            raise CheckpointError("a tensor has no storage")
        shape, strides = _whole_numbers(shape), _whole_numbers(strides)
        (offset,) = _whole_numbers((offset,))
        if len(shape) != len(strides):
            raise CheckpointError(f"a tensor of shape {shape} has {len(strides)} strides")
        size = math.prod(shape)
        # Without overlap a tensor is no larger than its storage; with stride 0 it could be endless.
        last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
        if size > storage.size or (size and last >= storage.size):
            raise CheckpointError(
                f"a tensor of shape {shape}, strides {strides} and offset {offset} reaches beyond "
                f"its storage of {storage.size} numbers"
            )
        return _Tensor(storage, offset, shape, strides)


class _RebuildParameter:
    """Stands for ``torch._utils._rebuild_parameter``, which marks a tensor as trained."""

    __slots__ = ()

    def __call__(self, tensor: Any, *unused: Any) -> Any:
        return tensor


_ALLOWED: dict[tuple[str, str], Callable[..., Any] | _StorageType] = {
    ("collections", "OrderedDict"): _MakeState(),
    ("torch._utils", "_rebuild_tensor_v2"): _RebuildTensor(),
    ("torch._utils", "_rebuild_parameter"): _RebuildParameter(),
    **{("torch", name): _StorageType(dtype) for name, dtype in _STORAGES.items()},
}


class _Unpickled(NamedTuple):
    value: Any
    storages: dict[str, _Storage]


class _Unpickler(pickle.Unpickler):
    """Knows the names of :data:`_ALLOWED` and no other."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """Look a name up in the list; nothing is imported."""
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise CheckpointError(
                f"it names {module}.{name}, which no dictionary of plain tensors needs"
            ) from None

    def persistent_load(self, pid: Any) -> _Storage:
        """Note a storage: ``("storage", type, key, device, size)``, then ``None`` in streams."""
        if type(pid) is not tuple or len(pid) not in (5, 6) or pid[0] != "storage":
            raise CheckpointError("it refers to something that is no storage")
        kind, key, view = pid[1], pid[2], pid[5:]
        if type(kind) is not _StorageType or type(key) is not str or view not in ((), (None,)):
            raise CheckpointError("it describes a storage in a form that is not known")
        (size,) = _whole_numbers((pid[4],))
        storage = _Storage(key, kind.dtype, size)
        if self.storages.setdefault(key, storage) != storage:
            raise CheckpointError("it describes one storage in two ways")
        return storage


def _unpickle(file: BinaryIO) -> _Unpickled:
    """Run one pickle from the file's position on, and leave the file right behind it."""
    unpickler = _Unpickler(io.BytesIO(_program(file)))
    try:
        return _Unpickled(unpickler.load(), unpickler.storages)
    except CheckpointError:
        raise
    except Exception as error:
        # A damaged pickle raises nearly anything: KeyError, TypeError, UnpicklingError ...
        raise CheckpointError(f"its pickle is damaged ({type(error).__name__})") from error


def _program(file: BinaryIO) -> bytes:
    """Read one pickle as bytes, after a look at its instructions.

    pickletools takes a pickle apart and runs nothing of it.
    """
    start = file.tell()
    try:
        for count, (instruction, argument, _) in enumerate(pickletools.genops(file)):
            if count == 0 and instruction.name != "PROTO":
                raise CheckpointError("it is no file that torch.save wrote")
            if instruction.name not in _INSTRUCTIONS:
                raise CheckpointError(
                    f"its pickle uses the instruction {instruction.name}, which torch.save does not"
                )
            # The unpickler keeps a table as long as the largest number that it is given.
            if instruction.name.endswith("BINPUT") and argument > count:
                raise CheckpointError("its pickle is damaged: it numbers what it does not hold")
    except (ValueError, IndexError, struct.error) as error:
        raise CheckpointError("it is no file that torch.save wrote, or is damaged") from error
    end = file.tell()
    file.seek(start)
    return _exactly(file, end - start)


def _whole_numbers(values: Any) -> tuple[int, ...]:
    if type(values) is not tuple or not all(type(n) is int and 0 <= n < 2**48 for n in values):
        raise CheckpointError("a size, an offset or a stride is no whole number from 0 up")
    return values

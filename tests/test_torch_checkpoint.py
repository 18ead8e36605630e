"""Checkpoints are put together here instruction by instruction, honest and hostile ones."""

import io
import re
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.torch_checkpoint import STREAM_MAGIC, CheckpointError, read_checkpoint

VALUES = np.arange(24, dtype="<f4")

# A pickle's instructions -------------------------------------------------------------------------


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value):
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    data = value.to_bytes(10, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def several(*items):
    return b"(" + b"".join(items) + b"t"


def named(module, name):
    return f"c{module}\n{name}\n".encode()


def ordered_dict():
    return named("collections", "OrderedDict") + b")R"


def storage(key="0", size=24, kind="FloatStorage", tag="storage"):
    return several(text(tag), named("torch", kind), text(key), text("cpu"), number(size)) + b"Q"


def tensor(place=None, offset=0, shape=(2, 3, 4), strides=(12, 4, 1)):
    return (
        named("torch._utils", "_rebuild_tensor_v2")
        + several(
            storage() if place is None else place,
            number(offset),
            several(*map(number, shape)),
            several(*map(number, strides)),
            b"\x89",
            ordered_dict(),
        )
        + b"R"
    )


def state(entries, after=b""):
    pairs = b"".join(text(name) + value for name, value in entries.items())
    return b"\x80\x02" + ordered_dict() + b"(" + pairs + b"u" + after + b"."


METADATA = b"}" + text("_metadata") + ordered_dict() + b"sb"


# Files -------------------------------------------------------------------------------------------


def zipped(program, storages, compression=zipfile.ZIP_STORED, byteorder=b"little"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("net/data.pkl", program)
        archive.writestr("net/byteorder", byteorder)
        for key, data in storages.items():
            archive.writestr(f"net/data/{key}", data)
    return buffer.getvalue()


def stream(
    program, storages, *, sizes=None, magic=STREAM_MAGIC, version=1001, little=b"\x88", keys=None
):
    def pickled(body):
        return b"\x80\x02" + body + b"."

    listed = keys if keys is not None else list(storages)
    parts = [
        pickled(number(magic)),
        pickled(number(version)),
        pickled(b"}" + text("little_endian") + little + b"s"),
        program,
        pickled(b"](" + b"".join(map(text, listed)) + b"e"),
    ]
    for key, data in storages.items():
        size = sizes[key] if sizes else len(data) // 4
        parts.append(struct.pack("<q", size) + data)
    return b"".join(parts)


FORMATS = {"zip": zipped, "stream": stream}


@pytest.fixture
def read(tmp_path):
    def from_bytes(data):
        path = tmp_path / "net.pth"
        path.write_bytes(data)
        return read_checkpoint(path)

    return from_bytes


@pytest.fixture(params=FORMATS)
def layout(request):
    return FORMATS[request.param]


def refused(read, data, match):
    with pytest.raises(CheckpointError, match=match):
        read(data)


# Honest files ------------------------------------------------------------------------------------


def test_tensors_come_under_their_names_in_order(read, layout):
    program = state(
        {
            "second": tensor(shape=(3, 2), strides=(2, 1), offset=5),
            "first": tensor(),
            "scalar": tensor(shape=(), strides=(), offset=23),
        },
        after=METADATA,
    )
    arrays = read(layout(program, {"0": VALUES.tobytes()}))
    assert list(arrays) == ["second", "first", "scalar"]
    np.testing.assert_array_equal(arrays["second"], VALUES[5:11].reshape(3, 2))
    np.testing.assert_array_equal(arrays["first"], VALUES.reshape(2, 3, 4))
    assert arrays["scalar"].shape == () and arrays["scalar"] == 23
    assert {array.dtype for array in arrays.values()} == {np.dtype("float32")}


def test_strides_say_where_the_next_number_lies(read, layout):
    program = state({"w": tensor(shape=(4, 3, 2), strides=(1, 4, 12))})
    arrays = read(layout(program, {"0": VALUES.tobytes()}))
    np.testing.assert_array_equal(arrays["w"], VALUES.reshape(2, 3, 4).transpose())


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        ("DoubleStorage", "float64"),
        ("FloatStorage", "float32"),
        ("HalfStorage", "float16"),
        ("LongStorage", "int64"),
        ("IntStorage", "int32"),
        ("ShortStorage", "int16"),
        ("CharStorage", "int8"),
        ("ByteStorage", "uint8"),
        ("BoolStorage", "bool"),
    ],
)
def test_every_kind_of_number(read, layout, kind, dtype):
    values = np.array([1, 0, 1, 1], dtype=dtype)
    program = state({"w": tensor(storage(size=4, kind=kind), shape=(4,), strides=(1,))})
    keywords = {} if layout is zipped else {"sizes": {"0": 4}}
    (array,) = read(layout(program, {"0": values.tobytes()}, **keywords)).values()
    assert array.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(array, values)


def test_two_storages_and_one_shared_by_two_tensors(read, layout):
    other = VALUES[::-1].copy()
    program = state({"a": tensor(), "b": tensor(storage(key="9")), "c": tensor()})
    arrays = read(layout(program, {"0": VALUES.tobytes(), "9": other.tobytes()}))
    np.testing.assert_array_equal(arrays["b"], other.reshape(2, 3, 4))
    np.testing.assert_array_equal(arrays["a"], arrays["c"])


def test_a_parameter_is_its_tensor(read, layout):
    parameter = named("torch._utils", "_rebuild_parameter") + (
        several(tensor(), b"\x88", ordered_dict()) + b"R"
    )
    arrays = read(layout(state({"w": parameter}), {"0": VALUES.tobytes()}))
    np.testing.assert_array_equal(arrays["w"], VALUES.reshape(2, 3, 4))


def test_a_tensor_without_numbers(read, layout):
    program = state({"none": tensor(shape=(0, 3), strides=(3, 1), offset=24), "w": tensor()})
    assert read(layout(program, {"0": VALUES.tobytes()}))["none"].shape == (0, 3)


def test_arrays_cannot_be_written_to(read, layout):
    (array,) = read(layout(state({"w": tensor()}), {"0": VALUES.tobytes()})).values()
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0, 0] = 1


@pytest.mark.parametrize("zip_format", [True, False])
def test_what_pytorch_itself_writes(tmp_path, zip_format):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 5), torch.nn.BatchNorm2d(3))
    saved = dict(net.state_dict(), turned=torch.randn(4, 3).T, half=torch.ones(2).half())
    path = tmp_path / "net.pth"
    torch.save(saved, path, _use_new_zipfile_serialization=zip_format)
    arrays = read_checkpoint(path)
    assert list(arrays) == list(saved)
    for name, value in saved.items():
        np.testing.assert_array_equal(arrays[name], value.detach().numpy())


# Hostile files -----------------------------------------------------------------------------------


def calls(module, name, argument):
    return named(module, name) + several(text(argument)) + b"R"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("posix", "system"),
        ("subprocess", "check_output"),
        ("builtins", "eval"),
        ("builtins", "exec"),
        ("builtins", "getattr"),
        ("__builtin__", "eval"),  # Python 2's name, which unpicklers translate
        ("torch", "load"),
        ("torch._utils", "_rebuild_tensor_v2.__call__"),
        ("collections", "OrderedDict.fromkeys"),
        ("collections", "abc"),
        ("torch", "FloatStorage.__class__"),
        ("numpy", "load"),
        ("utils.torch_checkpoint", "read_checkpoint"),
    ],
)
def test_a_name_outside_the_list_is_not_looked_up(read, layout, tmp_path, module, name):
    marker = tmp_path / "was_here"
    program = state({"w": calls(module, name, f"touch {marker}")})
    refused(read, layout(program, {}), re.escape(f"names {module}.{name}"))
    assert not marker.exists()


@pytest.mark.parametrize("place", range(3))
def test_every_pickle_of_a_stream_is_guarded(read, tmp_path, place):
    marker = tmp_path / "was_here"
    hostile = b"\x80\x02" + calls("os", "system", f"touch {marker}") + b"."
    honest = [
        b"\x80\x02" + number(STREAM_MAGIC) + b".",
        b"\x80\x02" + number(1001) + b".",
        b"\x80\x02}" + text("little_endian") + b"\x88s.",
    ]
    refused(read, b"".join(honest[:place]) + hostile, "names os.system")
    assert not marker.exists()


@pytest.mark.parametrize(
    ("instruction", "program"),
    {
        "STACK_GLOBAL": b"\x8c\x02os\x8c\x06system\x93" + several(text("true")) + b"R",
        "INST": b"(" + text("true") + b"ios\nsystem\n",
        "OBJ": b"(" + named("os", "system") + text("true") + b"o",
        "NEWOBJ": named("collections", "OrderedDict") + b")\x81",
        "EXT1": b"\x82\x01",
        "BINBYTES8": b"\x8e" + struct.pack("<Q", 0) + b"",
        "PERSID": b"Pstorage\n",
    }.items(),
)
def test_other_ways_to_import_or_make_are_refused(read, layout, instruction, program):
    short = {"STACK_GLOBAL": "SHORT_BINUNICODE"}.get(instruction, instruction)
    refused(read, layout(b"\x80\x02" + program + b".", {}), f"instruction {short}")
    refused(read, layout(state({"w": program}), {}), "instruction")


def test_stack_global_alone_is_refused(read, layout):
    program = text("builtins") + text("eval") + b"\x93" + several(text("1")) + b"R"
    refused(read, layout(state({"w": program}), {}), "instruction STACK_GLOBAL")


@pytest.mark.parametrize(
    "target",
    [
        named("collections", "OrderedDict"),
        named("torch._utils", "_rebuild_tensor_v2"),
        named("torch._utils", "_rebuild_parameter"),
        named("torch", "FloatStorage"),
        storage(),
        tensor(),
    ],
    ids=["class", "function", "identity", "type", "storage", "tensor"],
)
@pytest.mark.parametrize("slots", [False, True])
def test_a_file_cannot_change_what_it_is_given(read, layout, target, slots):
    # BUILD writes attributes: of an instance's dictionary, or by setattr for the pair's second.
    attributes = b"}" + text("__call__") + named("torch._utils", "_rebuild_parameter") + b"s"
    change = several(b"N", attributes) if slots else attributes
    refused(
        read,
        layout(state({"w": target + change + b"b"}), {"0": VALUES.tobytes()}),
        "damaged|no tensor",
    )
    # The next file is read as if this one had not been.
    arrays = read(layout(state({"w": tensor()}), {"0": VALUES.tobytes()}))
    np.testing.assert_array_equal(arrays["w"], VALUES.reshape(2, 3, 4))


def test_what_a_file_attaches_to_its_dictionary_is_dropped(read, layout):
    attributes = (
        b"}(" + text("items") + named("torch._utils", "_rebuild_parameter") + text("x") + b"Nu"
    )
    arrays = read(layout(state({"w": tensor()}, attributes + b"b"), {"0": VALUES.tobytes()}))
    np.testing.assert_array_equal(arrays["w"], VALUES.reshape(2, 3, 4))


@pytest.mark.parametrize(
    "bad",
    [
        {"shape": (25,), "strides": (1,)},
        {"offset": 1},
        {"offset": 24},
        {"offset": 2**60},
        {"shape": (2, 3, 5), "strides": (12, 4, 1)},
        {"strides": (13, 4, 1)},
        {"shape": (2, 2), "strides": (2**40, 1)},
        {"shape": (100, 100), "strides": (0, 0)},
    ],
    ids=str,
)
def test_a_tensor_beyond_its_storage_is_refused(read, layout, bad):
    refused(
        read,
        layout(state({"w": tensor(**bad)}), {"0": VALUES.tobytes()}),
        "reaches beyond its storage of 24|no whole number",
    )


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"strides": (12, -4, 1)}, "no whole number"),
        ({"shape": (2, -3, 4)}, "no whole number"),
        ({"offset": -1}, "no whole number"),
        ({"strides": (4, 1)}, "has 2 strides"),
    ],
    ids=str,
)
def test_impossible_shapes_and_strides_are_refused(read, layout, bad, message):
    refused(read, layout(state({"w": tensor(**bad)}), {"0": VALUES.tobytes()}), message)


def test_a_storage_shorter_than_its_description_is_refused(read):
    program, short = state({"w": tensor()}), {"0": VALUES[:20].tobytes()}
    refused(read, zipped(program, short), "should have 96 bytes and has 80")
    refused(read, stream(program, short), "24 numbers is said to hold 20")
    refused(read, stream(program, short, sizes={"0": 24}), "16 bytes are missing")


@pytest.mark.parametrize("size", [-1, 2**62])
def test_a_storage_of_an_impossible_size_is_refused(read, size):
    data = {"0": VALUES.tobytes()}
    refused(read, stream(state({"w": tensor()}), data, sizes={"0": size}), "is said to hold")
    program = state({"w": tensor(storage(size=size))})
    refused(read, zipped(program, data), "no whole number")


def test_one_storage_described_in_two_ways_is_refused(read, layout):
    program = state({"a": tensor(), "b": tensor(storage(kind="IntStorage"))})
    refused(read, layout(program, {"0": VALUES.tobytes()}), "one storage in two ways")


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (b"\x80\x02]" + text("w") + b"a.", "holds a list"),
        (state({"w": text("no tensor")}), "entry 'w' is no tensor"),
        (state({"net": ordered_dict()}), "entry 'net' is no tensor"),
        (state({"w": tensor(text("0"))}), "no storage"),
        (state({"w": tensor(storage(tag="module"))}), "no storage"),
        (state({"w": tensor(text("storage") + b"Q")}), "no storage"),
        (state({"w": storage()}), "entry 'w' is no tensor"),
        (state({"w": tensor(storage(kind="BFloat16Storage"))}), "names torch.BFloat16Storage"),
        (b"\x80\x02r\xff\xff\xff\xff.", "numbers what it does not hold"),
        (b"\x80\x02.", "damaged"),
        (b"\x80\x02}", "damaged|a list"),
        (b"\x80\x02h\x07.", "damaged"),
    ],
)
def test_other_contents_are_refused(read, layout, program, message):
    refused(read, layout(program, {"0": VALUES.tobytes()}), message)


def test_other_headers_of_a_stream_are_refused(read):
    program, data = state({"w": tensor()}), {"0": VALUES.tobytes()}
    refused(read, stream(program, data, magic=7), "no file that torch.save wrote")
    refused(read, stream(program, data, version=1002), "version 1002")
    refused(read, stream(program, data, little=b"\x89"), "not little-endian")
    refused(read, stream(program, data, keys=["1"]), "not those that its tensors use")
    refused(read, stream(program, data, keys=["0", "0"]), "not those that its tensors use")


def test_other_archives_are_refused(read):
    program, data = state({"w": tensor()}), {"0": VALUES.tobytes()}
    refused(read, zipped(program, data, compression=zipfile.ZIP_DEFLATED), "compressed")
    refused(read, zipped(program, data, byteorder=b"big"), "not little-endian")
    refused(read, zipped(program, {}), "damaged .*net/data/0")
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    refused(read, empty.getvalue(), "no data.pkl")
    turned = bytearray(zipped(program, data))
    turned[turned.index(VALUES.tobytes())] ^= 1
    refused(read, bytes(turned), "damaged .*CRC")


def test_a_file_cut_anywhere_is_refused(read, layout):
    whole = layout(state({"w": tensor()}, METADATA), {"0": VALUES.tobytes()})
    assert read(whole)
    for length in range(len(whole)):
        refused(read, whole[:length], "net.pth cannot be read")


@pytest.mark.parametrize("data", [b"", b"no checkpoint at all\n", b"\x89PNG\r\n\x1a\n", bytes(99)])
def test_other_files_are_refused(read, data):
    refused(read, data, "no file that torch.save wrote")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"gone\.pth cannot be read: No such file"):
        read_checkpoint(tmp_path / "gone.pth")


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_file_gives_arrays_or_a_clear_error(tmp_path_factory, name, data):
    program = state({"a": tensor(), "b": tensor(storage(key="9"), 3, (7, 2), (2, 1))}, METADATA)
    whole = bytearray(FORMATS[name](program, {"0": VALUES.tobytes(), "9": VALUES.tobytes()}))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"damaged_{name}.pth"
    path.write_bytes(whole)
    try:
        arrays = read_checkpoint(path)
    except CheckpointError:
        return
    for array in arrays.values():
        assert array.size <= 24
        array.sum()  # touches every number

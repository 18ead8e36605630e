import hashlib
import io
import json
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

keras = pytest.importorskip("keras")

from utils import public_detection as module  # noqa: E402
from utils.data import DataError  # noqa: E402
from utils.public_detection import (  # noqa: E402
    COCO_KINDS,
    VOC_KINDS,
    coco_2017,
    pascal_voc_2007,
)

SIZES = {1: (50, 40), 2: (60, 30), 3: (40, 40), 4: (64, 48), 5: (20, 10)}

# Small data sets in the public ones' form --------------------------------------------------------


def jpeg(number, size=None):
    """A plain picture whose gray tells its number."""
    stream = io.BytesIO()
    gray = 40 * number
    Image.new("RGB", size or SIZES[number], (gray, gray, gray)).save(stream, "JPEG", quality=95)
    return stream.getvalue()


def voc_xml(number, objects, name=None):
    width, height = SIZES[number]
    things = "".join(
        f"<object><name>{kind}</name><difficult>{hard}</difficult><bndbox><xmin>{x}</xmin>"
        f"<ymin>{y}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
        for kind, hard, x, y, right, bottom in objects
    )
    return (
        f"<annotation><filename>{name or f'{number:06}.jpg'}</filename><size><width>{width}"
        f"</width><height>{height}</height><depth>3</depth></size>{things}</annotation>"
    ).encode()


def voc_members():
    root = "VOCdevkit/VOC2007"
    objects = {
        1: [("car", 0, 1, 1, 50, 40), ("dog", 0, 11, 6, 20, 15)],
        2: [("dog", 0, 1, 1, 10, 10)],
        3: [("car", 1, 5, 5, 20, 20)],
        4: [("car", 0, 33, 25, 64, 48), ("car", 1, 1, 1, 8, 8)],
        5: [],
    }
    members = {
        f"{root}/ImageSets/Main/train.txt": b"000001\n000003\n000004\n",
        f"{root}/ImageSets/Main/val.txt": b"000002\n000005\n",
        f"{root}/ImageSets/Main/test.txt": b"000004\n",
    }
    for number, things in objects.items():
        members[f"{root}/Annotations/{number:06}.xml"] = voc_xml(number, things)
        members[f"{root}/JPEGImages/{number:06}.jpg"] = jpeg(number)
    return members


def coco_members():
    names = {1: "000000000001.jpg", 2: "000000000002.jpg", 3: "000000000003.jpg"}
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 3, "bbox": [10, 5, 20, 30], "iscrowd": 0},
        {"id": 2, "image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 5], "iscrowd": 0},
        {"id": 3, "image_id": 3, "category_id": 3, "bbox": [0, 0, 40, 40], "iscrowd": 1},
    ]
    boxes = {
        "images": [
            {"id": n, "file_name": names[n], "width": SIZES[n][0], "height": SIZES[n][1]}
            for n in names
        ],
        "annotations": annotations,
        "categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}],
    }
    pictures = {f"val2017/{name}": jpeg(n) for n, name in names.items()}
    return {"annotations/instances_val2017.json": json.dumps(boxes).encode()}, pictures


def tar(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


class Web:
    """Stands in for the network and for Keras's folder."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.monkeypatch = folder, monkeypatch
        self.contents, self.calls = {}, []
        monkeypatch.setattr(keras.utils, "get_file", self.get_file)

    def get_file(self, fname, origin):
        self.calls.append(origin)
        path = self.folder / fname
        if not path.exists():
            answer = self.contents[origin]
            if isinstance(answer, Exception):
                raise answer
            path.write_bytes(answer)
        return str(path)

    def offer(self, constant, content):
        """Put an archive on the network, and its SHA-256 into the module."""
        file = getattr(module, constant)
        self.contents[file.source] = content
        if isinstance(content, bytes):
            file = replace(file, sha256=hashlib.sha256(content).hexdigest())
        self.monkeypatch.setattr(module, constant, file)
        splits = {
            split: (file if known.source == file.source else known, listed)
            for split, (known, listed) in module._SPLITS.items()
        }
        self.monkeypatch.setattr(module, "_SPLITS", splits)


@pytest.fixture
def web(tmp_path, monkeypatch):
    folder = tmp_path / "datasets"
    folder.mkdir()
    module._fetched.cache_clear()
    yield Web(folder, monkeypatch)
    module._fetched.cache_clear()


@pytest.fixture
def voc(web):
    web.offer("VOC_TRAINVAL", tar(voc_members()))
    web.offer("VOC_TEST", tar(voc_members()))
    return web


@pytest.fixture
def coco(web):
    boxes, pictures = coco_members()
    web.offer("COCO_BOXES", zipped(boxes))
    web.offer("COCO_PICTURES", zipped(pictures))
    return web


def number_of(picture):
    return round(float(picture.image.mean()) * 255 / 40)


# What comes out ----------------------------------------------------------------------------------


def test_voc_pictures_come_with_their_boxes_in_the_courses_form(voc):
    one, three, four = pascal_voc_2007("train")
    assert [p.name for p in (one, three, four)] == ["000001.jpg", "000003.jpg", "000004.jpg"]
    assert [number_of(p) for p in (one, three, four)] == [1, 3, 4]
    assert one.image.shape == (40, 50, 3) and one.image.dtype == np.float32
    # The whole picture, counted from 1 to 50 and from 1 to 40 in the file.
    np.testing.assert_array_equal(one.boxes, [[0, 0, 50, 40], [10, 5, 20, 15]])
    assert one.boxes.dtype == np.float64
    assert one.kinds == ("car", "dog")
    assert one.ignored.tolist() == [False, False] and one.ignored.dtype == bool
    assert four.ignored.tolist() == [False, True]


def test_voc_splits_are_the_data_sets_own(voc):
    assert [p.name for p in pascal_voc_2007("validation")] == ["000002.jpg", "000005.jpg"]
    assert [p.name for p in pascal_voc_2007("test")] == ["000004.jpg"]
    origins = [file.source for file in (module.VOC_TRAINVAL, module.VOC_TEST)]
    assert voc.calls == origins, "an archive is fetched when it is first needed, and once"


def test_coco_pictures_come_with_their_boxes_in_the_courses_form(coco):
    one, two, three = coco_2017()
    assert [number_of(p) for p in (one, two, three)] == [1, 2, 3]
    np.testing.assert_array_equal(one.boxes, [[10, 5, 30, 35], [0, 0, 5, 5]])
    assert one.kinds == ("car", "person")
    assert two.boxes.shape == (0, 4) and two.kinds == () and two.ignored.shape == (0,)
    assert three.ignored.tolist() == [True]


def test_only_chosen_kinds_are_loaded(voc, coco):
    found = pascal_voc_2007("train", kinds=["car"])
    # 000003 holds a car that its own evaluation would not count, and no other.
    assert [p.name for p in found] == ["000001.jpg", "000004.jpg"]
    assert [p.kinds for p in found] == [("car",), ("car", "car")]
    assert [p.name for p in pascal_voc_2007("train", kinds=("dog",))] == ["000001.jpg"]
    (one,) = coco_2017(kinds=["car"])
    np.testing.assert_array_equal(one.boxes, [[10, 5, 30, 35]])


def test_no_more_pictures_than_asked_for_are_read(voc, coco, monkeypatch):
    opened = []
    real = Image.open
    monkeypatch.setattr(Image, "open", lambda *a, **k: opened.append(1) or real(*a, **k))
    assert [p.name for p in pascal_voc_2007("train", count=2)] == ["000001.jpg", "000003.jpg"]
    assert len(coco_2017(count=1)) == 1
    assert len(opened) == 3
    assert len(pascal_voc_2007("train", count=None)) == 3


def test_pictures_are_made_smaller_with_their_boxes(voc):
    one, three, _ = pascal_voc_2007("train", longest=40)
    assert one.image.shape == (32, 40, 3)
    np.testing.assert_allclose(one.boxes, [[0, 0, 40, 32], [8, 4, 16, 12]])
    assert three.image.shape == (40, 40, 3), "a picture that is small enough is left alone"
    np.testing.assert_array_equal(three.boxes, [[4, 4, 20, 20]])


def test_a_gray_picture_becomes_three_channels(web):
    members = voc_members()
    stream = io.BytesIO()
    Image.new("L", SIZES[4], 128).save(stream, "JPEG")
    members["VOCdevkit/VOC2007/JPEGImages/000004.jpg"] = stream.getvalue()
    web.offer("VOC_TEST", tar(members))
    assert pascal_voc_2007("test")[0].image.shape == (48, 64, 3)


def test_the_kinds_are_the_data_sets(voc):
    assert len(set(VOC_KINDS)) == 20 and len(set(COCO_KINDS)) == 80
    assert "car" in VOC_KINDS and "car" in COCO_KINDS


# Bad questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pascal_voc_2007("val"), "no split 'val'. Choose one of: train, validation, test"),
        (lambda: pascal_voc_2007(kinds=["lorry"]), "no kind 'lorry'. Choose out of: aeroplane"),
        (lambda: coco_2017(kinds=["lorry"]), "no kind 'lorry'. Choose out of: person, bicycle"),
        (lambda: coco_2017(kinds=[]), "list of kinds is empty"),
        (lambda: coco_2017(kinds="car"), r"kinds as a list, such as \['car'\]"),
        (lambda: pascal_voc_2007(count=0), "`count` is at least 1, or None, got 0"),
        (lambda: coco_2017(longest=-3), "`longest` is at least 1, or None, got -3"),
    ],
)
def test_bad_questions_are_refused_before_anything_is_fetched(call, message, web):
    with pytest.raises(ValueError, match=message):
        call()
    assert web.calls == []


# No network, broken downloads --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constant", "call", "size"),
    [
        ("VOC_TRAINVAL", pascal_voc_2007, "460 MB"),
        ("VOC_TEST", lambda: pascal_voc_2007("test"), "451 MB"),
        ("COCO_BOXES", coco_2017, "253 MB"),
    ],
)
def test_without_a_network_the_error_says_what_to_do(constant, call, size, web):
    web.offer(constant, Exception("URL fetch failure on http://x: None -- Name not known\nmore"))
    with pytest.raises(DataError) as caught:
        call()
    message = str(caught.value)
    file = getattr(module, constant)
    name = file.source.rpartition("/")[2]
    for word in ("Name not known", size, file.source, "network", name, "utils.streets"):
        assert word in message
    assert "\n" not in message
    assert caught.value.__suppress_context__


def test_another_file_than_expected_is_deleted(voc):
    source = module.VOC_TRAINVAL.source
    voc.contents[source] = voc.contents[source][:-4000]
    with pytest.raises(DataError, match=r"SHA-256 differs\), and was deleted.* With a network"):
        pascal_voc_2007()
    assert list(voc.folder.iterdir()) == []


def test_what_a_killed_download_left_is_fetched_anew(voc):
    source = module.VOC_TRAINVAL.source
    left = voc.folder / source.rpartition("/")[2]
    left.write_bytes(voc.contents[source][:5000])
    assert len(pascal_voc_2007()) == 3
    assert left.read_bytes() == voc.contents[source]


def test_an_archive_is_checked_once_in_a_process(voc):
    pascal_voc_2007()
    pascal_voc_2007("validation")
    assert len(voc.calls) == 1


def test_keras_itself_leaves_nothing_behind(monkeypatch, tmp_path):
    """Keras's own get_file, on a machine whose network breaks off."""
    import inspect

    file_utils = inspect.getmodule(keras.utils.get_file)

    def broken(url, target, progress):
        Path(target).write_bytes(b"half a file")
        raise OSError("connection reset")

    monkeypatch.setattr(file_utils, "urlretrieve", broken)
    monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path))
    module._fetched.cache_clear()
    with pytest.raises(DataError, match="connection reset"):
        coco_2017()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# Damaged archives --------------------------------------------------------------------------------


def damaged_voc(change):
    members = voc_members()
    change(members)
    return tar(members)


ROOT = "VOCdevkit/VOC2007"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: m.pop(f"{ROOT}/ImageSets/Main/train.txt"), "train.txt is missing"),
        (lambda m: m.pop(f"{ROOT}/Annotations/000003.xml"), "000003.xml is missing"),
        (lambda m: m.pop(f"{ROOT}/JPEGImages/000003.jpg"), "000003.jpg is missing"),
        (lambda m: m.update({f"{ROOT}/Annotations/000001.xml": b"<annotation>"}), "no valid XML"),
        (
            lambda m: m.update({f"{ROOT}/Annotations/000001.xml": voc_xml(1, [], "000002.jpg")}),
            "say that they are 000002.jpg's",
        ),
        (lambda m: m.update({f"{ROOT}/JPEGImages/000001.jpg": b"none"}), "cannot identify image"),
        (
            lambda m: m.update({f"{ROOT}/JPEGImages/000001.jpg": jpeg(1)[:300]}),
            "(?i)truncated",
        ),
        (
            lambda m: m.update({f"{ROOT}/JPEGImages/000001.jpg": jpeg(1, (40, 50))}),
            "has 40 × 50 pixels, its boxes are for 50 × 40",
        ),
        (
            lambda m: m.update({f"{ROOT}/ImageSets/Main/train.txt": b"../../../etc/passwd\n"}),
            "'../../../etc/passwd', which is no number",
        ),
        (lambda m: m.update({f"{ROOT}/ImageSets/Main/train.txt": b"\xff\xfe"}), "ascii"),
    ],
)
def test_a_damaged_voc_archive_says_what_to_do(change, reason, web):
    web.offer("VOC_TRAINVAL", damaged_voc(change))
    with pytest.raises(DataError, match=reason) as caught:
        pascal_voc_2007()
    assert "VOCtrainval_06-Nov-2007.tar is damaged" in str(caught.value)
    assert "Delete it under ~/.keras/datasets" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", tar(voc_members())[:700], zipped({"a": b"b"})],
    ids=["empty", "text", "cut", "zip"],
)
def test_no_tar_archive_says_what_to_do(content, web):
    web.offer("VOC_TRAINVAL", content)
    with pytest.raises(DataError, match=r"is damaged .*Delete it under"):
        pascal_voc_2007()


@pytest.mark.parametrize("content", [b"", b"no archive", tar({"a": b"b"})])
@pytest.mark.parametrize("constant", ["COCO_BOXES", "COCO_PICTURES"])
def test_no_zip_archive_says_what_to_do(constant, content, coco):
    coco.offer(constant, content)
    with pytest.raises(DataError, match=r"is damaged .*Delete it under"):
        coco_2017()


@pytest.mark.parametrize(
    ("constant", "members", "reason"),
    [
        ("COCO_BOXES", {}, "instances_val2017.json"),
        ("COCO_BOXES", {"annotations/instances_val2017.json": b"{"}, "no valid JSON"),
        ("COCO_BOXES", {"annotations/instances_val2017.json": b"{}"}, "`images` is missing"),
        ("COCO_PICTURES", {}, "000000000001.jpg"),
        ("COCO_PICTURES", {"val2017/000000000001.jpg": b"none"}, "cannot identify image"),
    ],
)
def test_a_damaged_coco_archive_says_what_to_do(constant, members, reason, coco):
    coco.offer(constant, zipped(members))
    with pytest.raises(DataError, match=reason) as caught:
        coco_2017()
    assert "is damaged" in str(caught.value)


def test_a_changed_byte_of_a_picture_is_found_by_the_zip_archive(coco):
    content = zipped(coco_members()[1])
    spot = content.index(b"\xff\xd8") + 200
    coco.offer("COCO_PICTURES", content[:spot] + bytes([content[spot] ^ 255]) + content[spot + 1 :])
    with pytest.raises(DataError, match=r"val2017\.zip is damaged \(Bad CRC-32"):
        coco_2017()


def test_an_archive_with_names_that_lead_elsewhere_writes_nothing(web, tmp_path):
    members = voc_members() | {"../escaped.txt": b"x", str(tmp_path / "absolute.txt"): b"x"}
    web.offer("VOC_TRAINVAL", tar(members))
    assert len(pascal_voc_2007()) == 3
    assert not list(tmp_path.glob("**/escaped.txt")) + list(tmp_path.glob("**/absolute.txt"))


def test_a_link_in_place_of_a_picture_is_no_picture(web, tmp_path):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(jpeg(1))
    members = voc_members()
    del members[f"{ROOT}/JPEGImages/000001.jpg"]
    stream = io.BytesIO(tar(members))
    with tarfile.open(fileobj=stream, mode="a") as archive:
        link = tarfile.TarInfo(f"{ROOT}/JPEGImages/000001.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(link)
    web.offer("VOC_TRAINVAL", stream.getvalue())
    with pytest.raises(DataError, match=r"000001\.jpg is missing"):
        pascal_voc_2007()

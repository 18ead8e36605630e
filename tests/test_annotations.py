import json
import time

import numpy as np
import pytest

from utils.annotations import AnnotatedBox, AnnotationError, read_coco, read_pascal_voc

VOC = """<annotation>
  <folder>VOC2007</folder>
  <filename>000001.jpg</filename>
  <size><width>200</width><height>100</height><depth>3</depth></size>
  <segmented>0</segmented>
  <object>
    <name>car</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult>
    <bndbox><xmin>1</xmin><ymin>11</ymin><xmax>40</xmax><ymax>30</ymax></bndbox>
    <part><name>wheel</name>
      <bndbox><xmin>5</xmin><ymin>20</ymin><xmax>9</xmax><ymax>24</ymax></bndbox></part>
  </object>
  <object>
    <name>person</name><difficult>1</difficult>
    <bndbox><xmax>200</xmax><xmin>150.5</xmin><ymax>100</ymax><ymin>100</ymin></bndbox>
  </object>
</annotation>
"""


def coco():
    """Return a small data set: two pictures, the second without boxes."""
    return {
        "info": {"year": 2017},
        "images": [
            {"id": 7, "file_name": "a.jpg", "width": 200, "height": 100},
            {"id": 3, "file_name": "b.jpg", "width": 50, "height": 60},
        ],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 3, "bbox": [0, 10.5, 40, 20], "iscrowd": 0},
            {"id": 2, "image_id": 7, "category_id": 1, "bbox": [150, 0, 50.4, 100], "iscrowd": 1},
            {"id": 3, "image_id": 7, "category_id": 3, "bbox": [5, 5, 0, 3]},
        ],
        "categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}],
    }


@pytest.fixture
def voc_file(tmp_path):
    def write(*changes):
        text = VOC
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / "000001.xml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def coco_file(tmp_path):
    def write(data):
        path = tmp_path / "instances.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return path

    return write


# Pascal VOC


def test_voc_boxes_become_corners_from_zero(voc_file):
    picture = read_pascal_voc(voc_file())
    assert (picture.name, picture.width, picture.height) == ("000001.jpg", 200, 100)
    assert picture.objects[0] == AnnotatedBox("car", 0, 10, 40, 30)
    np.testing.assert_array_equal(picture.boxes, [[0, 10, 40, 30], [149.5, 99, 200, 100]])
    assert picture.boxes.dtype == np.float64


def test_voc_keeps_classes_and_difficult(voc_file):
    picture = read_pascal_voc(str(voc_file()))
    assert picture.kinds == ("car", "person")
    assert [thing.difficult for thing in picture.objects] == [False, True]
    assert not any(thing.crowd for thing in picture.objects)


def test_voc_box_counts_its_last_pixel(voc_file):
    """One pixel, named as the first and the last: a box of the size one."""
    path = voc_file(("<xmin>1</xmin>", "<xmin>40</xmin>"), ("<ymin>11</ymin>", "<ymin>30</ymin>"))
    left, top, right, bottom = read_pascal_voc(path).boxes[0]
    assert (right - left, bottom - top) == (1, 1)


def test_voc_picture_without_objects(voc_file):
    text = VOC[: VOC.index("<object>")] + "</annotation>"
    path = voc_file((VOC, text))
    picture = read_pascal_voc(path)
    assert picture.objects == () and picture.boxes.shape == (0, 4)


def test_voc_box_a_pixel_outside_is_cut(voc_file):
    path = voc_file(("<xmin>1</xmin>", "<xmin>0</xmin>"), ("<xmax>200</xmax>", "<xmax>201</xmax>"))
    boxes = read_pascal_voc(path).boxes
    assert boxes[0, 0] == 0 and boxes[1, 2] == 200


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<filename>000001.jpg</filename>", "", r"<filename> is missing"),
        ("000001.jpg", " ", r"<filename> is empty"),
        ("<width>200</width>", "", r"size: <width> is missing"),
        ("<width>200</width>", "<width>0</width>", r"size: width: is 0"),
        ("<height>100</height>", "<height>99.5</height>", r"height: is 99.5"),
        ("<name>person</name>", "", r"object 2: <name> is missing"),
        ("<xmax>200</xmax>", "", r"object 2: bndbox: <xmax> is missing"),
        ("<xmin>1</xmin>", "<xmin>one</xmin>", r"object 1: xmin: is no number: 'one'"),
        ("<xmin>1</xmin>", "<xmin>nan</xmin>", r"object 1: xmin: is no finite number"),
        ("<xmin>1</xmin>", "<xmin>41</xmin>", r"object 1: the box ends before it begins"),
        ("<ymin>11</ymin>", "<ymin>31</ymin>", r"object 1: the box ends before it begins"),
        ("<xmax>200</xmax>", "<xmax>202</xmax>", r"object 2: .* leaves the picture .* by 2"),
        ("<ymin>11</ymin>", "<ymin>-5</ymin>", r"object 1: .* leaves the picture .* by 6"),
        ("<difficult>1</difficult>", "<difficult>2</difficult>", r"difficult: is 2, expected"),
        ("<difficult>1</difficult>", "<difficult>yes</difficult>", r"difficult: is no number"),
        ("</annotation>", "", r"is no valid XML"),
    ],
)  # fmt: skip
def test_voc_mistakes_are_named(voc_file, old, new, words):
    with pytest.raises(AnnotationError, match=words) as told:
        read_pascal_voc(voc_file((old, new)))
    assert "000001.xml" in str(told.value)


def test_voc_other_xml_is_refused(voc_file):
    with pytest.raises(AnnotationError, match="begins with <html>"):
        read_pascal_voc(voc_file((VOC, "<html/>")))


def entity_bomb(encoding_line=""):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(9))
    doctype = f"<!DOCTYPE annotation [{levels}]>"
    return encoding_line + doctype + VOC.replace("<name>car</name>", "<name>&e8;</name>")


@pytest.mark.parametrize(
    "text",
    [
        entity_bomb(),
        '<!DOCTYPE annotation SYSTEM "http://example.org/x.dtd">' + VOC,
        '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + VOC.replace("car", "&f;"),
    ],
)
def test_voc_refuses_a_doctype_before_parsing(voc_file, text):
    start = time.perf_counter()
    with pytest.raises(AnnotationError, match="DOCTYPE"):
        read_pascal_voc(voc_file((VOC, text)))
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_voc_doctype_does_not_hide_in_another_encoding(tmp_path, encoding):
    path = tmp_path / "a.xml"
    path.write_bytes(entity_bomb("<?xml version='1.0' encoding='utf-16'?>").encode(encoding))
    with pytest.raises(AnnotationError):
        read_pascal_voc(path)


def test_voc_declared_encoding_does_not_bring_a_doctype_back(tmp_path):
    """In UTF-7, +ADw- begins a DOCTYPE: what was checked must be what is parsed."""
    path = tmp_path / "a.xml"
    path.write_text("<?xml version='1.0' encoding='utf-7'?>+ADw-!DOCTYPE a+AD4-" + VOC)
    with pytest.raises(AnnotationError, match="no valid XML"):
        read_pascal_voc(path)


# COCO


def test_coco_boxes_become_corners(coco_file):
    first, second = read_coco(coco_file(coco()))
    assert (first.name, first.width, first.height) == ("a.jpg", 200, 100)
    expected = [[0, 10.5, 40, 30.5], [150, 0, 200, 100], [5, 5, 5, 8]]
    np.testing.assert_array_equal(first.boxes, expected)
    assert (second.name, second.objects, second.boxes.shape) == ("b.jpg", (), (0, 4))


def test_coco_keeps_classes_and_crowds(coco_file):
    first, _ = read_coco(coco_file(coco()))
    assert first.kinds == ("car", "person", "car")
    assert [thing.crowd for thing in first.objects] == [False, True, False]
    assert not any(thing.difficult for thing in first.objects)


def test_coco_agrees_with_pycocotools(coco_file):
    mask = pytest.importorskip("pycocotools.coco")
    path = coco_file(coco())
    theirs = mask.COCO(str(path))
    for picture, key in zip(read_coco(path), (7, 3), strict=True):
        entries = theirs.loadAnns(theirs.getAnnIds(key))
        assert picture.kinds == tuple(theirs.cats[e["category_id"]]["name"] for e in entries)
        corners = [(x, y, min(x + w, 200), y + h) for x, y, w, h in (e["bbox"] for e in entries)]
        np.testing.assert_allclose(picture.boxes, np.reshape(corners, (-1, 4)))


def spoil(*path, value=None, drop=False):
    """Return the data set with one entry changed or dropped."""
    data = coco()
    entry = data
    for key in path[:-1]:
        entry = entry[key]
    if drop:
        del entry[path[-1]]
    else:
        entry[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (spoil("images", drop=True), r"`images` is missing"),
        (spoil("categories", drop=True), r"`categories` is missing"),
        (spoil("annotations", value={}), r"`annotations` is of the type object, expected a list"),
        (spoil("images", 0, value="a.jpg"), r"entry 0 of `images` is of the type text"),
        (spoil("images", 1, "id", value=7), r"the id 7 comes twice in `images`"),
        (spoil("images", 0, "id", value="7"), r"`id` is of the type text, expected a whole number"),
        (spoil("images", 0, "width", value=True), r"`width` is of the type boolean"),
        (spoil("images", 0, "height", value=0), r"image 7: `height` is 0"),
        (spoil("images", 0, "file_name", drop=True), r"image 7: `file_name` is missing"),
        (spoil("annotations", 1, "image_id", value=99), r"1: there is no image .* 99"),
        (spoil("annotations", 1, "category_id", value=2), r"1: there is no category .* 2"),
        (spoil("annotations", 0, "bbox", drop=True), r"annotation 0: `bbox` is missing"),
        (spoil("annotations", 0, "bbox", value=[1, 2, 3]), r"annotation 0: `bbox` holds 3 values"),
        (spoil("annotations", 0, "bbox", value=[1, 2, "3", 4]), r"bbox: is of the type text"),
        (spoil("annotations", 0, "bbox", value=[1, None, 3, 4]), r"bbox: is of the type null"),
        (spoil("annotations", 0, "bbox", value=[1, 2, 10**400, 4]), r"bbox: is no number"),
        (spoil("annotations", 0, "bbox", value=[1, 2, float("nan"), 4]), r"no finite number"),
        (spoil("annotations", 0, "bbox", value=[50, 2, -10, 4]), r"negative side: -10 wide"),
        (spoil("annotations", 0, "bbox", value=[150, 2, 60, 4]), r"leaves the picture .* by 10"),
        (spoil("annotations", 0, "iscrowd", value=3), r"iscrowd: is 3, expected 0 or 1"),
        (spoil("categories", 0, "name", value=5), r"category 1: `name` is of the type number"),
        ([], r"is of the type list, expected an object with `images`"),
        ('{"images": [', r"is no valid JSON"),
        ("[" * 100_000, r"is no valid JSON"),
    ],
)  # fmt: skip
def test_coco_mistakes_are_named(coco_file, data, words):
    with pytest.raises(AnnotationError, match=words) as told:
        read_coco(coco_file(data))
    assert "instances.json" in str(told.value)


# Both


@pytest.mark.parametrize("read", [read_pascal_voc, read_coco])
def test_files_that_cannot_be_read_are_named(tmp_path, read):
    with pytest.raises(AnnotationError, match=r"nothing\.x: cannot be read: No such file"):
        read(tmp_path / "nothing.x")
    with pytest.raises(AnnotationError, match="cannot be read"):
        read(tmp_path)
    path = tmp_path / "latin.x"
    path.write_bytes("<annotation>é</annotation>".encode("latin-1"))
    with pytest.raises(AnnotationError, match="not UTF-8"):
        read(path)

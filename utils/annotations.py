"""Readers of Pascal VOC and COCO annotation files: which boxes are in which picture.

Both give the course's boxes: corners (left, top, right, bottom) in pixels, 0 at the upper left
corner of the upper left pixel, x to the right, y downwards: ``right - left`` is the width.

- **Pascal VOC** (Everingham and others 2010) keeps one XML file for each picture. It counts pixels
  from 1 and names the first and the *last* pixel of a box. Pixel number k reaches from k - 1 to k,
  so ``left = xmin - 1`` and ``right = xmax``.
- **COCO** (Lin and others 2014) keeps one JSON file for a whole data set. It counts from 0 and
  writes (left, top, width, height).

Files of both kinds are read as data from strangers: what is missing, of a wrong type or out of
place is told by :class:`AnnotationError`.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

# Public sets hold boxes that were rounded to a place just outside the picture.
TOLERANCE = 1.0


class AnnotationError(ValueError):
    """An annotation file that cannot be used, told as ``file: place: what is wrong``."""


@dataclass(frozen=True)
class AnnotatedBox:
    """One thing in a picture.

    Attributes:
        kind: The name of its class.
        left: Its left edge, in pixels.
        top: Its upper edge, in pixels.
        right: Its right edge, in pixels, at least ``left``.
        bottom: Its lower edge, in pixels, at least ``top``.
        difficult: Pascal VOC's flag: hard to recognise, and not counted in its evaluation.
        crowd: COCO's flag ``iscrowd``: the box holds a group of things, not one.
    """

    kind: str
    left: float
    top: float
    right: float
    bottom: float
    difficult: bool = False
    crowd: bool = False


@dataclass(frozen=True)
class AnnotatedPicture:
    """A picture's name and size, and the things in it.

    Attributes:
        name: The picture's file name.
        width: In pixels.
        height: In pixels.
        objects: The things, in the order of the file.
    """

    name: str
    width: int
    height: int
    objects: tuple[AnnotatedBox, ...]

    @property
    def boxes(self) -> np.ndarray:
        """The boxes as float64 of shape ``(n, 4)``: left, top, right, bottom; n may be 0."""
        rows = [(box.left, box.top, box.right, box.bottom) for box in self.objects]
        return np.array(rows, dtype=np.float64).reshape(-1, 4)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The classes' names, one for each box."""
        return tuple(box.kind for box in self.objects)


def read_pascal_voc(path: str | os.PathLike[str]) -> AnnotatedPicture:
    """Read one picture's annotation in the format of Pascal VOC.

    Args:
        path: An XML file in UTF-8. One with a DOCTYPE is refused: no such file needs one, and
            entities declared there can grow without bounds.

    Returns:
        The picture, with 0-based boxes. A missing ``difficult`` means no. Boxes of an object's
        parts are left out. A box that leaves the picture by a pixel at most is cut at its edge.

    Raises:
        AnnotationError: If the file cannot be read or is not such an annotation, a field is missing
            or no number, a box ends before it begins, or lies outside the picture.
    """
    path = Path(path)
    text = _read_text(path)
    if "<!DOCTYPE" in text:
        raise AnnotationError(
            f"{path}: has a DOCTYPE, which annotation files do not need: remove it"
        )
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise AnnotationError(f"{path}: is no valid XML: {error}") from None
    if root.tag != "annotation":
        raise AnnotationError(f"{path}: begins with <{root.tag}>, expected <annotation>")
    size = _child(root, "size", f"{path}")
    width, height = (_voc_side(size, side, f"{path}: size") for side in ("width", "height"))
    objects = tuple(
        _voc_object(thing, width, height, f"{path}: object {number}")
        for number, thing in enumerate(root.findall("object"), 1)
    )
    return AnnotatedPicture(_child_text(root, "filename", f"{path}"), width, height, objects)


def read_coco(path: str | os.PathLike[str]) -> tuple[AnnotatedPicture, ...]:
    """Read the annotations of a data set in the format of COCO's object detection.

    Args:
        path: A JSON file with the lists ``images``, ``annotations`` and ``categories``.

    Returns:
        The pictures in the order of ``images``, each with its boxes in the order of
        ``annotations``; pictures without any box included. A missing ``iscrowd`` means no. Boxes
        without width or height are kept, as the public set has some. A box that leaves the picture
        by a pixel at most is cut at its edge.

    Raises:
        AnnotationError: If the file cannot be read or is no JSON, a list or a field is missing or
            of a wrong type, an id comes twice or is unknown, a box has a negative width or height,
            or lies outside its picture.
    """
    path = Path(path)
    try:
        data = json.loads(_read_text(path))
    except (ValueError, RecursionError) as error:
        raise AnnotationError(f"{path}: is no valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise AnnotationError(
            f"{path}: is of the type {_type(data)}, expected an object with `images`"
        )
    images = _by_id(data, "images", path)
    names = {
        key: _field(entry, "name", str, f"{path}: category {key}")
        for key, entry in _by_id(data, "categories", path).items()
    }
    sizes = {key: _coco_size(entry, f"{path}: image {key}") for key, entry in images.items()}
    things: dict[int, list[AnnotatedBox]] = {key: [] for key in images}
    for number, entry in enumerate(_entries(data, "annotations", path)):
        place = f"{path}: annotation {number}"
        owner = _known(entry, "image_id", sizes, "image", place)
        kind = names[_known(entry, "category_id", names, "category", place)]
        things[owner].append(_coco_object(entry, kind, *sizes[owner], place))
    return tuple(
        AnnotatedPicture(
            _field(entry, "file_name", str, f"{path}: image {key}"), *sizes[key], tuple(things[key])
        )
        for key, entry in images.items()
    )


# Pascal VOC --------------------------------------------------------------------------------------


def _voc_object(thing: ElementTree.Element, width: int, height: int, place: str) -> AnnotatedBox:
    kind = _child_text(thing, "name", place)
    frame = _child(thing, "bndbox", place)
    xmin, ymin, xmax, ymax = (
        _finite(_child_text(frame, edge, f"{place}: bndbox"), f"{place}: {edge}")
        for edge in ("xmin", "ymin", "xmax", "ymax")
    )
    if xmax < xmin or ymax < ymin:
        raise AnnotationError(
            f"{place}: the box ends before it begins: xmin {xmin:g}, xmax {xmax:g}, "
            f"ymin {ymin:g}, ymax {ymax:g}"
        )
    edges = _inside((xmin - 1, ymin - 1, xmax, ymax), width, height, place)
    return AnnotatedBox(kind, *edges, difficult=_voc_flag(thing, "difficult", place))


def _child(parent: ElementTree.Element, tag: str, place: str) -> ElementTree.Element:
    child = parent.find(tag)
    if child is None:
        raise AnnotationError(f"{place}: <{tag}> is missing")
    return child


def _child_text(parent: ElementTree.Element, tag: str, place: str) -> str:
    text = (_child(parent, tag, place).text or "").strip()
    if not text:
        raise AnnotationError(f"{place}: <{tag}> is empty")
    return text


def _voc_side(size: ElementTree.Element, side: str, place: str) -> int:
    return _side(_finite(_child_text(size, side, place), f"{place}: {side}"), f"{place}: {side}")


def _voc_flag(thing: ElementTree.Element, tag: str, place: str) -> bool:
    if thing.find(tag) is None:
        return False
    return _flag(_finite(_child_text(thing, tag, place), f"{place}: {tag}"), f"{place}: {tag}")


# COCO --------------------------------------------------------------------------------------------


def _coco_object(
    entry: dict[str, Any], kind: str, width: int, height: int, place: str
) -> AnnotatedBox:
    values = _field(entry, "bbox", list, place)
    if len(values) != 4:
        raise AnnotationError(f"{place}: `bbox` holds {len(values)} values, expected 4")
    left, top, wide, high = (_number(value, f"{place}: bbox") for value in values)
    if wide < 0 or high < 0:
        raise AnnotationError(
            f"{place}: the box has a negative side: {wide:g} wide, {high:g} high; "
            "`bbox` is (left, top, width, height)"
        )
    edges = _inside((left, top, left + wide, top + high), width, height, place)
    crowd = _flag(_number(entry.get("iscrowd", 0), f"{place}: iscrowd"), f"{place}: iscrowd")
    return AnnotatedBox(kind, *edges, crowd=crowd)


def _coco_size(entry: dict[str, Any], place: str) -> tuple[int, int]:
    for side in ("width", "height"):
        if _field(entry, side, int, place) < 1:
            raise AnnotationError(f"{place}: `{side}` is {entry[side]}, expected at least 1")
    return entry["width"], entry["height"]


def _entries(data: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    entries = _field(data, key, list, f"{path}")
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise AnnotationError(
                f"{path}: entry {number} of `{key}` is of the type {_type(entry)}, "
                "expected an object"
            )
    return entries


def _by_id(data: dict[str, Any], key: str, path: Path) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for number, entry in enumerate(_entries(data, key, path)):
        own = _field(entry, "id", int, f"{path}: entry {number} of `{key}`")
        if own in found:
            raise AnnotationError(f"{path}: the id {own} comes twice in `{key}`")
        found[own] = entry
    return found


def _known(entry: dict[str, Any], key: str, known: Iterable[int], what: str, place: str) -> int:
    own = _field(entry, key, int, place)
    if own not in known:
        raise AnnotationError(f"{place}: there is no {what} with the id {own}")
    return own


def _field(entry: dict[str, Any], key: str, kind: type, place: str) -> Any:
    if key not in entry:
        raise AnnotationError(f"{place}: `{key}` is missing")
    value = entry[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise AnnotationError(
            f"{place}: `{key}` is of the type {_type(value)}, expected {_WORDS[kind]}"
        )
    return value


# What both need ----------------------------------------------------------------------------------

_WORDS = {int: "a whole number", str: "a text", list: "a list"}


def _type(value: Any) -> str:
    """Name a value's type as JSON does."""
    names = {bool: "boolean", int: "number", float: "number", str: "text", list: "list"}
    return names.get(type(value), "null" if value is None else "object")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AnnotationError(f"{path}: cannot be read: {reason}") from None
    except UnicodeDecodeError:
        raise AnnotationError(f"{path}: is not UTF-8: save it as UTF-8") from None


def _number(value: Any, place: str) -> float:
    """Turn a number of JSON into a finite float."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise AnnotationError(f"{place}: is of the type {_type(value)}, expected a number")
    return _finite(value, place)


def _finite(value: int | float | str, place: str) -> float:
    """Turn a number, or its text in XML, into a finite float."""
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise AnnotationError(f"{place}: is no number: {str(value)[:40]!r}") from None
    if not math.isfinite(number):
        raise AnnotationError(f"{place}: is no finite number: {value}")
    return number


def _side(value: float, place: str) -> int:
    if value < 1 or value != int(value):
        raise AnnotationError(f"{place}: is {value:g}, expected a whole number of at least 1")
    return int(value)


def _flag(value: float, place: str) -> bool:
    if value not in (0, 1):
        raise AnnotationError(f"{place}: is {value:g}, expected 0 or 1")
    return value == 1


def _inside(
    edges: tuple[float, float, float, float], width: int, height: int, place: str
) -> tuple[float, float, float, float]:
    """Cut a box at the picture's edges; refuse one that leaves it by more than the tolerance."""
    left, top, right, bottom = edges
    beyond = max(-left, -top, right - width, bottom - height)
    if beyond > TOLERANCE:
        raise AnnotationError(
            f"{place}: the box from ({left:g}, {top:g}) to ({right:g}, {bottom:g}) leaves the "
            f"picture of {width} × {height} pixels by {beyond:g}"
        )
    left, right = (min(max(x, 0.0), float(width)) for x in (left, right))
    top, bottom = (min(max(y, 0.0), float(height)) for y in (top, bottom))
    return left, top, right, bottom

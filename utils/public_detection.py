"""Two public data sets of boxes in photographs, Pascal VOC 2007 and COCO 2017, by one call each.

They are too large to come with a package: Keras fetches an archive once and keeps it under
``~/.keras/datasets``. Nothing in the course needs them: ``utils.streets`` works without a network.

An archive is checked by its SHA-256 whenever it is opened for the first time in a process. It is
never unpacked: pictures are read out of it, so no name in it can point to a place on your disk.
Neither data set's own page gives a SHA-256; these are the ones that the catalogue of TensorFlow
Datasets publishes, and torchvision's for Pascal VOC are the same.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from utils.annotations import AnnotatedPicture, AnnotationError, read_coco, read_pascal_voc
from utils.data import DataError
from utils.public_data import PublicFile

_FLICKR = (
    "Its photographs come from Flickr and stay under its terms of use, each by its own "
    "photographer. The course does not redistribute them."
)
VOC_TRAINVAL = PublicFile(
    title="Pascal VOC 2007, training and validation: 5,011 photographs with boxes of 20 kinds",
    source="http://host.robots.ox.ac.uk/pascal/VOC/voc2007/VOCtrainval_06-Nov-2007.tar",
    licence=_FLICKR,
    bytes=460_032_000,
    sha256="7d8cd951101b0957ddfd7a530bdc8a94f06121cfc1e511bb5937e973020c7508",
)
VOC_TEST = PublicFile(
    title="Pascal VOC 2007, test: 4,952 photographs with boxes of 20 kinds",
    source="http://host.robots.ox.ac.uk/pascal/VOC/voc2007/VOCtest_06-Nov-2007.tar",
    licence=_FLICKR,
    bytes=451_020_800,
    sha256="6836888e2e01dca84577a849d339fa4f73e1e4f135d312430c4856b5609b4892",
)
COCO_BOXES = PublicFile(
    title="COCO 2017, the boxes of 80 kinds",
    source="http://images.cocodataset.org/annotations/annotations_trainval2017.zip",
    licence="CC BY 4.0, COCO Consortium",
    bytes=252_907_541,
    sha256="113a836d90195ee1f884e704da6304dfaaecff1f023f49b6ca93c4aaae470268",
)
COCO_PICTURES = PublicFile(
    title="COCO 2017, validation: 5,000 photographs",
    source="http://images.cocodataset.org/zips/val2017.zip",
    licence=_FLICKR,
    bytes=815_585_330,
    sha256="4f7e2ccb2866ec5041993c9cf2a952bbed69647b115d0f74da7ce8f4bef82f05",
)

# The data sets' own names and order.
# fmt: off
VOC_KINDS = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)
COCO_KINDS = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat",
    "traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog",
    "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella",
    "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite",
    "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange",
    "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant",
    "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone",
    "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors",
    "teddy bear", "hair drier", "toothbrush",
)
# fmt: on

_SPLITS = {
    "train": (VOC_TRAINVAL, "train"),
    "validation": (VOC_TRAINVAL, "val"),
    "test": (VOC_TEST, "test"),
}
_ROOT = "VOCdevkit/VOC2007"
_BOXES_OF_VALIDATION = "annotations/instances_val2017.json"
_NUMBER = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class PublicPicture:
    """A photograph and the things in it.

    Attributes:
        name: Its file name in the data set.
        image: float32 ``(H, W, 3)`` in [0, 1], channels red, green, blue.
        boxes: float64 ``(n, 4)``, corners (left, top, right, bottom) in pixels of ``image``.
        kinds: What is in each box, as the data set names it.
        ignored: bool ``(n,)``: boxes that the data set's own evaluation does not count, because
            the thing is hard to recognise (Pascal VOC) or because it is a crowd (COCO).
    """

    name: str
    image: np.ndarray = field(repr=False)
    boxes: np.ndarray = field(repr=False)
    kinds: tuple[str, ...]
    ignored: np.ndarray = field(repr=False)


def pascal_voc_2007(
    split: str = "train",
    count: int | None = 100,
    kinds: Collection[str] | None = None,
    longest: int | None = None,
) -> tuple[PublicPicture, ...]:
    """Load photographs of Pascal VOC 2007 (Everingham and others 2010).

    The first call on a machine fetches 460 MB for ``"train"`` and ``"validation"`` together, and
    451 MB for ``"test"``.

    Args:
        split: ``"train"`` (2,501 pictures), ``"validation"`` (2,510) or ``"test"`` (4,952).
        count: How many pictures to load at most, from the start of the data set's own list;
            ``None`` for all. 100 pictures of the usual 500 × 375 take 225 MB of memory.
        kinds: Load pictures of these only, out of :data:`VOC_KINDS`: those with a box of such a
            kind that is not ignored, and of their boxes those of such a kind.
        longest: Make larger pictures smaller, in proportion, until their longer side is this many
            pixels; their boxes with them. 100 pictures of 160 pixels take 23 MB.

    Returns:
        The pictures, in the data set's order.

    Raises:
        ValueError: If there is no such split or kind, or a number is below 1.
        DataError: If the data set is neither there nor to be had, or is damaged; it says what to
            do. A broken download leaves nothing behind.
    """
    if split not in _SPLITS:
        raise ValueError(f"There is no split {split!r}. Choose one of: {', '.join(_SPLITS)}.")
    wanted = _wanted(kinds, VOC_KINDS)
    _check_numbers(count, longest)
    file, listed = _SPLITS[split]
    path = _fetched(file)
    with _damage_told(file), tarfile.open(path, "r:") as archive:
        members = {member.name: member for member in archive if member.isfile()}

        def stored(name: str) -> bytes:
            return archive.extractfile(members[f"{_ROOT}/{name}"]).read()

        names = stored(f"ImageSets/Main/{listed}.txt").decode("ascii").split()
        chosen = _chosen(_voc_annotations(names, stored), wanted, count)
        return tuple(_loaded(one, stored(f"JPEGImages/{one.name}"), longest) for one in chosen)


def coco_2017(
    count: int | None = 100,
    kinds: Collection[str] | None = None,
    longest: int | None = None,
) -> tuple[PublicPicture, ...]:
    """Load photographs of COCO 2017 (Lin and others 2014), of its 5,000 for validation.

    The first call on a machine fetches 816 MB of pictures and 253 MB of boxes. Every call reads
    the boxes of all 5,000 pictures, which takes about 300 MB of memory for a few seconds.

    Args:
        count: How many pictures to load at most, from the start of the data set's own list;
            ``None`` for all. 100 pictures of the usual 640 × 480 take 370 MB of memory.
        kinds: Load pictures of these only, out of :data:`COCO_KINDS`: those with a box of such a
            kind that is not ignored, and of their boxes those of such a kind.
        longest: Make larger pictures smaller, in proportion, until their longer side is this many
            pixels; their boxes with them. 100 pictures of 160 pixels take 23 MB.

    Returns:
        The pictures, in the data set's order; some hold nothing that is marked.

    Raises:
        ValueError: If there is no such kind, or a number is below 1.
        DataError: If the data set is neither there nor to be had, or is damaged; it says what to
            do. A broken download leaves nothing behind.
    """
    wanted = _wanted(kinds, COCO_KINDS)
    _check_numbers(count, longest)
    boxes, pictures = _fetched(COCO_BOXES), _fetched(COCO_PICTURES)
    with _damage_told(COCO_BOXES), tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(boxes) as archive:
            copy = Path(folder, "instances_val2017.json")
            copy.write_bytes(archive.read(_BOXES_OF_VALIDATION))
        chosen = list(_chosen(read_coco(copy), wanted, count))
    with _damage_told(COCO_PICTURES), zipfile.ZipFile(pictures) as archive:
        return tuple(_loaded(one, archive.read(f"val2017/{one.name}"), longest) for one in chosen)


# Choosing ----------------------------------------------------------------------------------------


def _wanted(kinds: Collection[str] | None, known: tuple[str, ...]) -> frozenset[str] | None:
    if kinds is None:
        return None
    if isinstance(kinds, str):
        raise ValueError(f"Give kinds as a list, such as [{kinds!r}].")
    unknown = [kind for kind in kinds if kind not in known]
    if unknown or not kinds:
        what = f"There is no kind {unknown[0]!r}." if unknown else "The list of kinds is empty."
        raise ValueError(f"{what} Choose out of: {', '.join(known)}.")
    return frozenset(kinds)


def _check_numbers(count: int | None, longest: int | None) -> None:
    for name, value in (("count", count), ("longest", longest)):
        if value is not None and value < 1:
            raise ValueError(f"`{name}` is at least 1, or None, got {value}.")


def _chosen(
    pictures: Iterable[AnnotatedPicture], wanted: frozenset[str] | None, count: int | None
) -> Iterator[AnnotatedPicture]:
    """Pass on the first pictures that are wanted, with the boxes that are wanted."""
    if wanted is not None:
        pictures = _with_kinds(pictures, wanted)
    return islice(pictures, count)


def _with_kinds(
    pictures: Iterable[AnnotatedPicture], wanted: frozenset[str]
) -> Iterator[AnnotatedPicture]:
    for picture in pictures:
        objects = tuple(box for box in picture.objects if box.kind in wanted)
        if any(not (box.difficult or box.crowd) for box in objects):
            yield replace(picture, objects=objects)


def _voc_annotations(
    names: list[str], stored: Callable[[str], bytes]
) -> Iterator[AnnotatedPicture]:
    """Read one annotation after the other; the reader wants a file, so each is laid down once."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            if not _NUMBER.fullmatch(name):
                raise DataError(f"its list of pictures holds {name[:40]!r}, which is no number")
            copy = Path(folder, f"{name}.xml")
            copy.write_bytes(stored(f"Annotations/{name}.xml"))
            picture = read_pascal_voc(copy)
            copy.unlink()
            if picture.name != f"{name}.jpg":
                raise DataError(f"the boxes of picture {name} say that they are {picture.name}'s")
            yield picture


# Pictures ----------------------------------------------------------------------------------------


def _loaded(picture: AnnotatedPicture, content: bytes, longest: int | None) -> PublicPicture:
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
        if opened.size != (picture.width, picture.height):
            raise DataError(
                f"picture {picture.name} has {opened.width} × {opened.height} pixels, its boxes "
                f"are for {picture.width} × {picture.height}"
            )
        pixels = opened.convert("RGB")
    boxes = picture.boxes
    if longest is not None and max(pixels.size) > longest:
        share = longest / max(pixels.size)
        size = tuple(max(1, round(side * share)) for side in pixels.size)
        pixels = pixels.resize(size, Image.Resampling.LANCZOS)
        boxes = boxes * np.tile(np.divide(size, (picture.width, picture.height)), 2)
    return PublicPicture(
        name=picture.name,
        image=np.asarray(pixels, dtype=np.float32) / 255,
        boxes=boxes,
        kinds=picture.kinds,
        ignored=np.array([box.difficult or box.crowd for box in picture.objects], dtype=bool),
    )


# Archives ----------------------------------------------------------------------------------------


@cache
def _fetched(file: PublicFile) -> Path:
    """Return where a whole archive lies; fetch it if it is not there, or not whole."""
    from keras.utils import get_file

    # A download that was killed leaves a part of the file; then the second round fetches it anew.
    for _ in range(2):
        try:
            path = Path(get_file(_name(file), file.source))
        except Exception as error:  # Keras raises bare exceptions
            reason = str(error).strip().splitlines() or [""]
            raise DataError(
                f"{file.title}: could not be fetched ({type(error).__name__}: {reason[0]}). "
                + _what_to_do(file)
            ) from None
        with path.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() == file.sha256:
                return path
        path.unlink()
    raise DataError(
        f"{file.title}: what came from {file.source} is not the file that the course was written "
        "with (its SHA-256 differs), and was deleted. " + _what_to_do(file)
    )


def _name(file: PublicFile) -> str:
    return file.source.rpartition("/")[2]


def _what_to_do(file: PublicFile) -> str:
    return (
        f"The first call on a machine fetches {round(file.bytes / 10**6)} MB from {file.source}, "
        "which needs a network; later calls do not. With a network, run this again. Without one, "
        f"copy {_name(file)} to ~/.keras/datasets from a machine that has it, or use "
        "utils.streets, which needs none."
    )


@contextmanager
def _damage_told(file: PublicFile) -> Iterator[None]:
    """Turn whatever goes wrong in reading an archive into a DataError that says what to do."""
    try:
        yield
    except KeyError as error:
        reason = f"{error.args[0]} is missing"
    except _UNREADABLE as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
    else:
        return
    raise DataError(
        f"{file.title}: the file {_name(file)} is damaged ({reason}). Delete it under "
        "~/.keras/datasets, and run this again with a network."
    )


_UNREADABLE = (
    DataError,
    AnnotationError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    UnicodeDecodeError,
    SyntaxError,  # Pillow's, for a broken header
    NotImplementedError,  # zipfile's, for a way of packing that it does not know
)

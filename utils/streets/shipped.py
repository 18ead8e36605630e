"""The set of rendered streets that comes with the course, and the same streets at other sizes."""

from __future__ import annotations

import hashlib
import io
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from utils.data import DataError
from utils.settings import progress
from utils.streets.labels import Rendered
from utils.streets.rendering import render
from utils.streets.scenes import SPLITS, scene
from utils.streets.vehicles import KINDS

WIDTH, HEIGHT = 160, 128
FOLDER = Path(__file__).parent / "data"
# Bytes and SHA-256 of each file; written by utils.streets.make_set, kept beside the code.
MANIFEST = Path(__file__).parent / "shipped.toml"

_MEND = (
    "In a clone of the repository, `git restore utils/streets` brings it back; "
    "`python -m utils.streets.make_set` renders the whole set anew, in about ten minutes."
)


@dataclass(frozen=True)
class StreetScenes:
    """Pictures of streets with their labels; the lists of a picture run in the same order.

    Attributes:
        images: sRGB in [0, 1], float32 ``(n, H, W, 3)``.
        boxes: For each picture, bounds of what is seen of its vehicles: left, top, right and
            bottom in pixels, float32 ``(k, 4)``, nearest vehicle first.
        full_boxes: Bounds of the whole vehicles, hidden parts included, float32 ``(k, 4)``; they
            may reach beyond the picture.
        kinds: What they are, as places in ``names``, int64 ``(k,)``.
        visible: Share of each that is not hidden, float32 ``(k,)``.
        truncated: Whether the picture's edge cuts it off, bool ``(k,)``.
        distances: Metres from the camera, float32 ``(k,)``.
        masks: Class of each pixel, uint8 ``(n, H, W)``; names in ``CLASS_NAMES``.
        names: What ``kinds`` mean.
    """

    images: np.ndarray = field(repr=False)
    boxes: tuple[np.ndarray, ...] = field(repr=False)
    full_boxes: tuple[np.ndarray, ...] = field(repr=False)
    kinds: tuple[np.ndarray, ...] = field(repr=False)
    visible: tuple[np.ndarray, ...] = field(repr=False)
    truncated: tuple[np.ndarray, ...] = field(repr=False)
    distances: tuple[np.ndarray, ...] = field(repr=False)
    masks: np.ndarray = field(repr=False)
    names: tuple[str, ...] = KINDS

    def __len__(self) -> int:
        return len(self.images)

    def clear(self, min_side: float, min_visible: float) -> tuple[np.ndarray, ...]:
        """Tell which vehicles are large enough and seen well enough.

        Args:
            min_side: Least width and least height of the visible box, in pixels.
            min_visible: Least share that is not hidden, 0 to 1.

        Returns:
            For each picture, bool ``(k,)``.
        """
        chosen = []
        for boxes, visible in zip(self.boxes, self.visible, strict=True):
            sides = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
            chosen.append((sides >= min_side) & (visible >= min_visible))
        return tuple(chosen)


def street_scenes(
    split: str = "train", count: int | None = None, width: int = WIDTH, height: int = HEIGHT
) -> StreetScenes:
    """Load rendered streets: those that ship with the course, or the same ones at another size.

    Picture ``i`` shows ``scene(i, split)``. At 160×128 pixels it comes from the shipped set, at
    once; at another size it is rendered, a third of a second for 160 pixels, more for larger ones.

    Args:
        split: ``"train"`` (1,600 streets), ``"validation"`` (200) or ``"test"`` (300: other
            towns, weathers and vehicles than in the first two).
        count: How many, from the first on; all that are shipped when None. A thousand shipped
            pictures take 250 MB of memory.
        width: Width of the pictures in pixels.
        height: Height of the pictures in pixels.

    Returns:
        The pictures with their labels.

    Raises:
        ValueError: If the split is unknown, there are not so many pictures, or a size is out of
            bounds.
        DataError: If the shipped set is missing or damaged; it says what to do.
    """
    if split not in SPLITS:
        raise ValueError(f"There is no split {split!r}. Choose one of: {', '.join(SPLITS)}.")
    shipped = _manifest()[split]["scenes"]
    count = shipped if count is None else count
    if not 0 < count <= shipped:
        raise ValueError(
            f"The {split} streets are {shipped} pictures, asked for {count}. "
            "utils.streets.scene and render make more of them."
        )
    if (width, height) == (WIDTH, HEIGHT):
        return _unpacked(_load(split), count)
    seeds = progress(range(count), f"rendering {split} streets", total=count)
    return gathered([render(scene(seed, split), width, height) for seed in seeds])


def gathered(pictures: list[Rendered]) -> StreetScenes:
    """Put rendered pictures of one size, at least one, into the form of a set."""
    labels = [_labels(picture) for picture in pictures]
    return StreetScenes(
        images=np.stack([picture.image for picture in pictures]),
        masks=np.stack([picture.mask for picture in pictures]),
        **{name: tuple(label[name] for label in labels) for name in _LABELS},
    )


# What is kept of each vehicle: its number type, its shape, and where it is found.
_LABELS = {
    "boxes": (np.float32, (4,), lambda user: user.visible_box),
    "full_boxes": (np.float32, (4,), lambda user: user.full_box),
    "kinds": (np.int64, (), lambda user: KINDS.index(user.kind)),
    "visible": (np.float32, (), lambda user: user.visible),
    "truncated": (np.bool_, (), lambda user: user.truncated),
    "distances": (np.float32, (), lambda user: user.distance),
}


def _labels(picture: Rendered) -> dict[str, np.ndarray]:
    """Labels of one picture as arrays."""
    return {
        name: np.array([found(user) for user in picture.objects], dtype).reshape(-1, *shape)
        for name, (dtype, shape, found) in _LABELS.items()
    }


# Files -------------------------------------------------------------------------------------------


def pack(pictures: Iterable[Rendered], path: Path) -> None:
    """Write pictures into one file: JPEGs, masks as PNGs, and labels as arrays.

    Args:
        pictures: The pictures; only one is held in memory at a time.
        path: Where to write them, ending in ``.npz``.
    """
    jpegs, pngs, labels = [], [], []
    for picture in pictures:
        jpegs.append(_encoded(np.rint(picture.image * 255).astype(np.uint8), "JPEG"))
        pngs.append(_encoded(picture.mask, "PNG"))
        labels.append(_labels(picture))
    np.savez(
        path,
        jpegs=np.frombuffer(b"".join(jpegs), np.uint8),
        jpeg_bytes=np.array([len(jpeg) for jpeg in jpegs]),
        pngs=np.frombuffer(b"".join(pngs), np.uint8),
        png_bytes=np.array([len(png) for png in pngs]),
        counts=np.array([len(label["boxes"]) for label in labels]),
        **{name: np.concatenate([label[name] for label in labels]) for name in _LABELS},
    )


@cache
def _manifest() -> dict[str, dict]:
    if not MANIFEST.is_file():
        raise DataError(f"The list of the shipped streets, {MANIFEST.name}, is missing. {_MEND}")
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))


@cache
def _load(split: str) -> dict[str, np.ndarray]:
    """Read and verify a split's file, once per process."""
    path = FOLDER / f"{split}.npz"
    if not path.is_file():
        raise DataError(f"The shipped {split} streets, {path.name}, are missing. {_MEND}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _manifest()[split]["sha256"]:
        raise DataError(
            f"The shipped {split} streets, {path.name}, are not the file that the course was "
            f"written with: it is damaged or of another version. {_MEND}"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def _unpacked(arrays: dict[str, np.ndarray], count: int) -> StreetScenes:
    images = np.empty((count, HEIGHT, WIDTH, 3), np.float32)
    masks = np.empty((count, HEIGHT, WIDTH), np.uint8)
    for number, file in enumerate(_files(arrays["jpegs"], arrays["jpeg_bytes"][:count])):
        np.divide(_decoded(file), np.float32(255), out=images[number])
    for number, file in enumerate(_files(arrays["pngs"], arrays["png_bytes"][:count])):
        masks[number] = _decoded(file)
    ends = np.cumsum(arrays["counts"])

    def each(name: str) -> tuple[np.ndarray, ...]:
        return tuple(part.copy() for part in np.split(arrays[name], ends[:-1])[:count])

    return StreetScenes(images=images, masks=masks, **{name: each(name) for name in _LABELS})


def _files(joined: np.ndarray, sizes: np.ndarray) -> list[bytes]:
    ends = np.cumsum(sizes)
    return [joined[end - size : end].tobytes() for end, size in zip(ends, sizes, strict=True)]


def _encoded(pixels: np.ndarray, form: str) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form, quality=90, optimize=True)
    return stream.getvalue()


def _decoded(file: bytes) -> np.ndarray:
    from PIL import Image

    with Image.open(io.BytesIO(file)) as picture:
        return np.asarray(picture)

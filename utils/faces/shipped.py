"""The set of rendered faces that comes with the course, and the same pictures at other sizes."""

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
from utils.faces.anatomy import wears_glasses
from utils.faces.people import SPLITS, Identity, identity
from utils.faces.rendering import render
from utils.faces.views import View, view
from utils.settings import progress

SIZE = 64
FOLDER = Path(__file__).parent / "data"
# Bytes and SHA-256 of each file; written by utils.faces.make_set, kept beside the code.
MANIFEST = Path(__file__).parent / "shipped.toml"
# Numbers of views: a person's own number times this, plus the picture's place among hers.
VIEWS_OF_A_PERSON = 100

_MEND = (
    "In a clone of the repository, `git restore utils/faces` brings it back; "
    "`python -m utils.faces.make_set` renders the whole set anew, in about five minutes."
)


@dataclass(frozen=True)
class FacePictures:
    """Pictures of people with what is known of each, a person's pictures one after the other.

    Attributes:
        images: sRGB in [0, 1], float32 ``(n, size, size, 3)``.
        people: Whom each shows, numbers that are unique over all splits, int64 ``(n,)``;
            ``utils.faces.person(number)`` tells more.
        views: Seeds of the views, int64 ``(n,)``; ``utils.faces.view(seed)`` tells more.
        skin_tone: From the lightest human skin, 0, to the darkest, 1, float32 ``(n,)``.
        age: Years, float32 ``(n,)``.
        masculinity: From the average woman's shape, 0, to the average man's, 1, float32 ``(n,)``.
        yaw: Turn of the head towards the picture's right, in radians, float32 ``(n,)``.
        pitch: Turn upwards, in radians, float32 ``(n,)``.
        roll: Tilt clockwise, in radians, float32 ``(n,)``.
        light_azimuth: Where light comes from, in radians towards the right, float32 ``(n,)``.
        light_elevation: Its height above the horizon, in radians, float32 ``(n,)``.
        light_strength: How bright it is, 1 for usual, float32 ``(n,)``.
        ambient: How bright light from all around is, 1 for usual, float32 ``(n,)``.
        distance: From camera to eyes, in decimetres, float32 ``(n,)``.
        blur: Standard deviation of the blur, in hundredths of the width, float32 ``(n,)``.
        noise: Standard deviation of the noise, of 1, float32 ``(n,)``.
        expression: One of ``EXPRESSIONS``, str ``(n,)``.
        background: One of ``BACKGROUNDS``, str ``(n,)``.
        occlusion: One of ``OCCLUSIONS``, str ``(n,)``.
        glasses: Whether the person's own glasses are worn, bool ``(n,)``.
    """

    images: np.ndarray = field(repr=False)
    people: np.ndarray = field(repr=False)
    views: np.ndarray = field(repr=False)
    skin_tone: np.ndarray = field(repr=False)
    age: np.ndarray = field(repr=False)
    masculinity: np.ndarray = field(repr=False)
    yaw: np.ndarray = field(repr=False)
    pitch: np.ndarray = field(repr=False)
    roll: np.ndarray = field(repr=False)
    light_azimuth: np.ndarray = field(repr=False)
    light_elevation: np.ndarray = field(repr=False)
    light_strength: np.ndarray = field(repr=False)
    ambient: np.ndarray = field(repr=False)
    distance: np.ndarray = field(repr=False)
    blur: np.ndarray = field(repr=False)
    noise: np.ndarray = field(repr=False)
    expression: np.ndarray = field(repr=False)
    background: np.ndarray = field(repr=False)
    occlusion: np.ndarray = field(repr=False)
    glasses: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.images)


# What is kept of each person, and of each view.
_OF_PEOPLE = ("skin_tone", "age", "masculinity")
_OF_VIEWS = (
    "yaw", "pitch", "roll", "light_azimuth", "light_elevation", "light_strength", "ambient",
    "distance", "blur", "noise", "expression", "background", "occlusion",
)  # fmt: skip
_LABELS = ("people", "views", *_OF_PEOPLE, *_OF_VIEWS, "glasses")


def face_pictures(
    split: str = "train", people: int | None = None, each: int | None = None, size: int = SIZE
) -> FacePictures:
    """Load rendered faces: those that ship with the course, or the same ones at another size.

    Picture ``k`` of a person shows ``view(100 * person.number + k)``. At 64 pixels it comes from
    the shipped set, at once; at another size it is rendered, a tenth of a second for 128 pixels.

    Args:
        split: ``"train"`` (200 people, 20 pictures of each), ``"validation"`` (40, 12 of each) or
            ``"test"`` (60, 12 of each); no person is in two of them.
        people: How many people, from the first on; all that are shipped when None.
        each: How many pictures of each, from the first on; all that are shipped when None.
        size: Side of the pictures in pixels.

    Returns:
        The pictures with what is known of them.

    Raises:
        ValueError: If the split is unknown, there are not so many people or pictures, or the size
            is out of bounds.
        DataError: If the shipped set is missing or damaged; it says what to do.
    """
    if split not in SPLITS:
        raise ValueError(f"There is no split {split!r}. Choose one of: {', '.join(SPLITS)}.")
    entry = _manifest()[split]
    people = entry["people"] if people is None else people
    each = entry["each"] if each is None else each
    for what, asked, shipped in (("people", people, "people"), ("pictures of each", each, "each")):
        if not 0 < asked <= entry[shipped]:
            raise ValueError(
                f"The {split} set has {entry[shipped]} {what}, asked for {asked}. "
                "utils.faces.identity, view and render make more of them."
            )
    if size == SIZE:
        chosen = np.arange(people)[:, None] * entry["each"] + np.arange(each)
        return _unpacked(_load(split), chosen.ravel())
    made = (pictured(split, seed, each, size) for seed in range(people))
    gathered = list(progress(made, f"rendering {split} faces", total=people))
    images = np.concatenate([images for images, _ in gathered])
    return FacePictures(images, **_joined([labels for _, labels in gathered]))


def pictured(
    split: str, seed: int, each: int, size: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Render the first pictures of a person, ``(each, size, size, 3)``, with their labels."""
    someone = identity(seed, split)
    seeds = [VIEWS_OF_A_PERSON * someone.number + place for place in range(each)]
    taken = [view(seed) for seed in seeds]
    images = np.stack([render(someone, one, size) for one in taken])
    return images, _labels(someone, seeds, taken)


def _labels(someone: Identity, seeds: list[int], taken: list[View]) -> dict[str, np.ndarray]:
    count = len(taken)
    labels = {"people": np.full(count, someone.number), "views": np.array(seeds, np.int64)}
    for name in _OF_PEOPLE:
        labels[name] = np.full(count, getattr(someone, name), np.float32)
    for name in _OF_VIEWS:
        values = np.array([getattr(one, name) for one in taken])
        labels[name] = values if values.dtype.kind == "U" else values.astype(np.float32)
    labels["glasses"] = np.array([wears_glasses(someone, one) for one in taken])
    return labels


def _joined(labels: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([one[name] for one in labels]) for name in _LABELS}


# Files -------------------------------------------------------------------------------------------


def pack(made: Iterable[tuple[np.ndarray, dict[str, np.ndarray]]], path: Path) -> None:
    """Write people's pictures into one file: JPEGs, and labels as arrays.

    Args:
        made: What :func:`pictured` returns, person by person.
        path: Where to write them, ending in ``.npz``.
    """
    jpegs, labels = [], []
    for images, known in made:
        jpegs += [_encoded(np.rint(image * 255).astype(np.uint8)) for image in images]
        labels.append(known)
    np.savez(
        path,
        jpegs=np.frombuffer(b"".join(jpegs), np.uint8),
        jpeg_bytes=np.array([len(jpeg) for jpeg in jpegs], np.int64),
        **_joined(labels),
    )


@cache
def _manifest() -> dict[str, dict]:
    if not MANIFEST.is_file():
        raise DataError(f"The list of the shipped faces, {MANIFEST.name}, is missing. {_MEND}")
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))


@cache
def _load(split: str) -> dict[str, np.ndarray]:
    """Read and verify a split's file, once per process."""
    path = FOLDER / f"{split}.npz"
    if not path.is_file():
        raise DataError(f"The shipped {split} faces, {path.name}, are missing. {_MEND}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _manifest()[split]["sha256"]:
        raise DataError(
            f"The shipped {split} faces, {path.name}, are not the file that the course was "
            f"written with: it is damaged or of another version. {_MEND}"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def _unpacked(arrays: dict[str, np.ndarray], chosen: np.ndarray) -> FacePictures:
    images = np.empty((len(chosen), SIZE, SIZE, 3), np.float32)
    ends = np.cumsum(arrays["jpeg_bytes"])
    for place, number in enumerate(chosen):
        file = arrays["jpegs"][ends[number] - arrays["jpeg_bytes"][number] : ends[number]]
        np.divide(_decoded(file.tobytes()), np.float32(255), out=images[place])
    return FacePictures(images, **{name: arrays[name][chosen] for name in _LABELS})


def _encoded(pixels: np.ndarray) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=88, subsampling=0, optimize=True)
    return stream.getvalue()


def _decoded(file: bytes) -> np.ndarray:
    from PIL import Image

    with Image.open(io.BytesIO(file)) as picture:
        return np.asarray(picture)

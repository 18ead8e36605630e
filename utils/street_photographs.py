"""Real photographs of streets: what a detector that learned on rendered streets is tried on.

The pictures lie in ``photographs/`` beside this file. ``photographs.toml`` there tells where each
comes from, its terms of use and how it was cut, with its SHA-256: a picture is verified against
that before its first use in a process. ``tools/make_street_photographs.py`` makes them.
"""

from __future__ import annotations

import hashlib
import io
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from utils.data import DataError

FOLDER = Path(__file__).parent / "photographs"

# What Pillow may open for a learner, and the largest picture: a small file can hold a huge one.
FORMATS = ("JPEG", "PNG")
SUFFIXES = (".jpg", ".jpeg", ".png")
MOST_PIXELS = 100_000_000


@dataclass(frozen=True)
class StreetPhotograph:
    """A photograph of a street.

    Attributes:
        name: What the course calls it, or the file's name.
        image: float32 ``(H, W, 3)`` in [0, 1], channels red, green, blue.
        title: What it shows.
        source: Where it comes from.
        licence: Its terms of use.
        boxes: The cars in it, marked by hand: float64 ``(n, 4)``, corners (left, top, right,
            bottom) in pixels, of what is visible; ``None`` where nobody marked them.
    """

    name: str
    image: np.ndarray = field(repr=False)
    title: str
    source: str
    licence: str
    boxes: np.ndarray | None = field(default=None, repr=False)


def street_photographs() -> tuple[StreetPhotograph, ...]:
    """Load the photographs that ship with the course, their cars marked.

    Returns:
        Three pictures of one junction in a small town in Brittany, 320 × 256 to 640 × 360 pixels.
        Their cars are far away: 15 to 60 pixels wide.

    Raises:
        DataError: If a file is missing or is not the one that the course was written with.
    """
    return tuple(_photograph(name, entry) for name, entry in _entries().items())


def own_photographs(folder: str | Path, width: int = 640) -> tuple[StreetPhotograph, ...]:
    """Load photographs of your own.

    Args:
        folder: A folder with ``.jpg`` or ``.png`` files; what else lies there is passed over.
        width: Wider pictures are made this wide, in proportion.

    Returns:
        The pictures, sorted by name, turned upright as the camera noted it, without boxes.

    Raises:
        ValueError: If the width is below 1, or the folder does not exist or holds no picture.
        DataError: If a picture cannot be read.
    """
    folder = Path(folder)
    if width < 1:
        raise ValueError(f"The width is at least 1 pixel, got {width}.")
    if not folder.is_dir():
        raise ValueError(f"There is no folder {str(folder)!r}.")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not files:
        raise ValueError(
            f"The folder {str(folder)!r} holds no picture: put .jpg or .png files there."
        )
    return tuple(
        StreetPhotograph(
            name=path.name,
            image=_opened(path, width),
            title="a photograph of your own",
            source=str(path),
            licence="yours to know",
        )
        for path in files
    )


# The course's own pictures -----------------------------------------------------------------------


@cache
def _entries() -> dict[str, dict]:
    path = FOLDER / "photographs.toml"
    if not path.is_file():
        raise DataError(f"utils/photographs/{path.name} is missing. {_WHAT_TO_DO}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _photograph(name: str, entry: dict) -> StreetPhotograph:
    from PIL import Image

    with Image.open(io.BytesIO(_verified(name))) as picture:
        image = np.asarray(picture.convert("RGB"), dtype=np.float32) / 255
    return StreetPhotograph(
        name=name,
        image=image,
        title=entry["title"],
        source=entry["source"],
        licence=entry["licence"],
        boxes=np.array(entry["boxes"], dtype=np.float64).reshape(-1, 4),
    )


@cache
def _verified(name: str) -> bytes:
    """Read a picture's file, if it is the one of ``photographs.toml``."""
    path = FOLDER / f"{name}.jpg"
    if not path.is_file():
        raise DataError(f"The photograph utils/photographs/{path.name} is missing. {_WHAT_TO_DO}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _entries()[name]["sha256"]:
        raise DataError(
            f"The photograph utils/photographs/{path.name} is not the file that the course was "
            f"written with: it was changed or is damaged. {_WHAT_TO_DO}"
        )
    return content


_WHAT_TO_DO = (
    "Restore it with `git checkout -- utils/photographs`, or download the course once more."
)


# A learner's pictures ----------------------------------------------------------------------------


def _opened(path: Path, width: int) -> np.ndarray:
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise DataError(
                    f"{path} has {picture.width} × {picture.height} pixels, which is more than "
                    f"{MOST_PIXELS // 10**6} millions: make it smaller."
                )
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = str(error).strip().split("\n")[0]
        raise DataError(
            f"{path} cannot be read as a JPEG or PNG picture ({type(error).__name__}: {reason}). "
            "Take it out of the folder, or save it anew."
        ) from None
    if upright.width > width:
        height = max(1, round(upright.height * width / upright.width))
        upright = upright.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(upright, dtype=np.float32) / 255

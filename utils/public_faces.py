"""Two public data sets of real faces, Olivetti and LFW, by one call each.

scikit-learn fetches them once, checks every file by a SHA-256 of its own, and keeps them under
``~/scikit_learn_data``. Nothing in the course needs them: ``utils.faces`` renders people who do not
exist, without a network.

These people are real. Those of Olivetti sat for it; those of LFW, mostly well known, were collected
from news on the web and were not asked. Men and light skin are far more frequent in LFW than in the
world, so a figure measured on it says little about other people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from utils.data import DataError

# LFW: a square around the middle of its 250 × 250 pixels, where the face is.
_SQUARE = slice(61, 189)
_PICTURES_OF_LFW = 13_233
_PAIRS = {"train": 2_200, "test": 1_000, "10_folds": 6_000}


@dataclass(frozen=True)
class PublicFaces:
    """Pictures of faces with who they show.

    Attributes:
        images: float32 ``(n, H, W, C)`` in [0, 1]; C is 1 for gray pictures.
        people: int64 ``(n,)``, a number for each person, from 0 up.
        names: Who each number is.
    """

    images: np.ndarray = field(repr=False)
    people: np.ndarray = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.people)


@dataclass(frozen=True)
class FacePairs:
    """Pairs of pictures: one person, or two?

    Attributes:
        images: float32 ``(n, 2, H, W, 3)`` in [0, 1].
        same: bool ``(n,)``, whether both show the same person.
    """

    images: np.ndarray = field(repr=False)
    same: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.same)


def olivetti_faces() -> PublicFaces:
    """Load the Olivetti faces (AT&T Laboratories Cambridge): 40 people, 10 pictures of each.

    The first call on a machine fetches 4 MB. The laboratory asks to be credited, and states no
    other terms. Light, expression and glasses vary; each person's pictures follow each other.

    Returns:
        400 gray pictures ``(400, 64, 64, 1)``; the people have no names but their numbers.

    Raises:
        DataError: If the data set is neither there nor to be had, or is damaged; it says what to
            do. A broken download leaves nothing behind.
    """
    from sklearn import datasets

    found = _fetched("The Olivetti faces", "4 MB", datasets.fetch_olivetti_faces)
    images, people = np.asarray(found.images), np.asarray(found.target)
    whole = images.shape == (400, 64, 64) and _in_bounds(images)
    if not whole or people.tolist() != np.repeat(np.arange(40), 10).tolist():
        raise DataError(
            "The Olivetti faces as scikit-learn keeps them on this machine are damaged: expected "
            "400 pictures of 64 × 64, 10 of each of 40 people. Delete olivetti.pkz under "
            "~/scikit_learn_data, and run this again with a network."
        )
    return PublicFaces(
        images[..., None].astype(np.float32),
        people.astype(np.int64),
        tuple(f"person {number}" for number in range(40)),
    )


def lfw_people(least: int = 20, size: int = 64) -> PublicFaces:
    """Load Labeled Faces in the Wild (Huang and others 2007), everybody with enough pictures.

    The first call on a machine fetches 233 MB. The pictures are from news agencies; the data set's
    page states no licence.

    Args:
        least: How many pictures there are of a person at least: 20 gives 62 people and 3,023
            pictures, 70 gives 7 and 1,288, 1 gives all 5,749 and 13,233.
        size: Height and width in pixels, 16 to 128, or 150, which dlib's network takes. 1,000
            pictures of 64 take 49 MB of memory.

    Returns:
        Colour pictures ``(n, size, size, 3)``, turned upright by the data set's authors
        ("funneled"), a square of 128 × 128 around the face; their order is mixed, and fixed.

    Raises:
        ValueError: If a number is out of bounds.
        DataError: If the data set is neither there nor to be had, or is damaged; it says what to
            do. A broken download leaves nothing behind.
    """
    if not 1 <= least <= 530:
        raise ValueError(f"LFW has 1 to 530 pictures of a person, asked for at least {least}.")
    from sklearn import datasets

    found = _lfw(datasets.fetch_lfw_people, size, min_faces_per_person=least)
    images = np.asarray(found.images, dtype=np.float32)
    people, names = np.asarray(found.target, dtype=np.int64), tuple(map(str, found.target_names))
    whole = len(images) == len(people) and np.bincount(people, minlength=1).min() >= least
    if not whole or images.shape[1:] != (size, size, 3) or not _in_bounds(images):
        raise DataError(_DAMAGED_LFW)
    return PublicFaces(images, people, names)


def lfw_pairs(subset: str = "test", size: int = 64) -> FacePairs:
    """Load the pairs that verification on Labeled Faces in the Wild is measured with.

    The first call on a machine fetches 233 MB, as :func:`lfw_people` does.

    Args:
        subset: ``"train"`` (2,200 pairs), ``"test"`` (1,000, of other people than ``"train"``) or
            ``"10_folds"`` (6,000: ten parts of 600, for the figures that papers report).
        size: Height and width in pixels, 16 to 128, or 150, which dlib's network takes. 1,000
            pairs of 64 take 98 MB of memory, of 150 540 MB.

    Returns:
        The pairs, half of them of one person.

    Raises:
        ValueError: If there is no such subset, or the size is out of bounds.
        DataError: If the data set is neither there nor to be had, or is damaged; it says what to
            do. A broken download leaves nothing behind.
    """
    if subset not in _PAIRS:
        raise ValueError(f"There is no subset {subset!r}. Choose one of: {', '.join(_PAIRS)}.")
    from sklearn import datasets

    found = _lfw(datasets.fetch_lfw_pairs, size, subset=subset)
    images, same = np.asarray(found.pairs, dtype=np.float32), np.asarray(found.target) == 1
    count = _PAIRS[subset]
    whole = images.shape == (count, 2, size, size, 3) and same.shape == (count,)
    if not whole or 2 * same.sum() != count or not _in_bounds(images):
        raise DataError(_DAMAGED_LFW)
    return FacePairs(images, same)


# Fetching ----------------------------------------------------------------------------------------


def _lfw(fetch: Callable[..., Any], size: int, **choice: Any) -> Any:
    if not (16 <= size <= 128 or size == 150):
        raise ValueError(f"The size is 16 to 128 pixels, or 150, got {size}.")
    found = _fetched(
        "Labeled Faces in the Wild",
        "233 MB",
        fetch,
        color=True,
        slice_=(_SQUARE, _SQUARE),
        # scikit-learn cuts the side's fraction off: a hair more keeps it from losing a pixel.
        resize=(size + 1e-6) / (_SQUARE.stop - _SQUARE.start),
        **choice,
    )
    if _count_of_pictures() != _PICTURES_OF_LFW:
        raise DataError(_DAMAGED_LFW)
    return found


def _count_of_pictures() -> int:
    """Count LFW's files: scikit-learn takes a folder that was unpacked by half for a whole one."""
    from sklearn.datasets import get_data_home

    return sum(1 for _ in Path(get_data_home(), "lfw_home", "lfw_funneled").glob("*/*.jpg"))


def _fetched(title: str, size: str, fetch: Callable[..., Any], **choice: Any) -> Any:
    try:
        with _nothing_left_behind():
            return fetch(**choice)
    except Exception as error:  # urllib's, tarfile's, joblib's, Pillow's, and plain OSError
        reason = str(error).strip().splitlines() or [""]
        raise DataError(
            f"{title} could not be loaded ({type(error).__name__}: {reason[0]}). The first call on "
            f"a machine fetches {size} through scikit-learn, which needs a network; later calls do "
            "not. With a network, run this again; if it fails again, delete lfw_home or "
            "olivetti.pkz under ~/scikit_learn_data first. Without one, copy that folder from a "
            "machine that has it, or use utils.faces, which needs none."
        ) from None


@contextmanager
def _nothing_left_behind() -> Iterator[None]:
    """Delete what a failed call has fetched: scikit-learn 1.5 keeps a part and takes it for all."""
    from sklearn.datasets import get_data_home

    home = Path(get_data_home())
    new = [home / name for name in _DOWNLOADS if not (home / name).exists()]
    try:
        yield
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        raise


_DOWNLOADS = (
    "olivettifaces.mat",
    "lfw_home/lfw-funneled.tgz",
    "lfw_home/pairsDevTrain.txt",
    "lfw_home/pairsDevTest.txt",
    "lfw_home/pairs.txt",
)


def _in_bounds(images: np.ndarray) -> bool:
    return bool(images.size) and images.min() >= 0 and 0.5 < images.max() <= 1


_DAMAGED_LFW = (
    "Labeled Faces in the Wild as scikit-learn keeps it on this machine is damaged: expected "
    f"{_PICTURES_OF_LFW} pictures, of all people. Delete lfw_home under ~/scikit_learn_data, and "
    "run this again with a network."
)

"""A data set of traffic signs that the course draws itself: exact labels, nothing to download."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.data import Split
from utils.sign_drawings import SIGN_NAMES, draw_sign
from utils.sign_photographs import photograph_of_sign

__all__ = ["SIGN_NAMES", "Signs", "draw_sign", "traffic_signs"]


@dataclass(frozen=True)
class Signs:
    """Pictures of traffic signs: what to train on, what to choose settings by, what to report.

    Attributes:
        train: Images float32 ``(n, H, W, 3)`` in [0, 1] with labels int64 ``(n,)``.
        validation: The same.
        test: The same.
        names: What each label means.
    """

    train: Split
    validation: Split
    test: Split
    names: tuple[str, ...]


def traffic_signs(
    train: int = 2400, validation: int = 480, test: int = 960, size: int = 32, seed: int = 0
) -> Signs:
    """Draw pictures of sixteen traffic signs as a camera may see them.

    Position, size and angle, light and shadow, dirt, blur, noise and what stands before the sign
    are random; backgrounds are cut from photographs that scikit-image ships. Several signs differ
    in a detail only. Do not mirror the pictures: left and right are different signs.

    Args:
        train: How many pictures to train on.
        validation: How many to choose settings by.
        test: How many to report.
        size: Height and width in pixels, 16 to 256.
        seed: Pictures of another seed are others. With the same seed, more pictures begin with
            those of fewer.

    Returns:
        The three parts. In each, and in any number of pictures from its start, classes differ in
        their count by one at most. About 2 ms a picture of 32 pixels.

    Raises:
        ValueError: If a count is negative or the size is out of bounds.
    """
    if min(train, validation, test) < 0:
        raise ValueError(
            f"Counts of pictures cannot be negative, got {train}, {validation} and {test}."
        )
    if not 16 <= size <= 256:
        raise ValueError(f"A picture is 16 to 256 pixels wide, got {size}.")
    counts = (train, validation, test)
    return Signs(*(_part(n, size, seed, part) for part, n in enumerate(counts)), SIGN_NAMES)


def _part(count: int, size: int, seed: int, part: int) -> Split:
    """Draw one part; every picture has random numbers of its own."""
    rng = np.random.default_rng([seed, part])
    rounds = -(-count // len(SIGN_NAMES))
    order = [rng.permutation(len(SIGN_NAMES)) for _ in range(rounds)]
    labels = np.concatenate([np.empty(0, np.int64), *order])[:count]
    images = np.empty((count, size, size, 3), np.float32)
    for number, label in enumerate(labels):
        own = np.random.default_rng([seed, part, number])
        images[number] = photograph_of_sign(SIGN_NAMES[label], size, own)
    return Split(images / 255, labels)

"""Public data sets that are too large to come with a package: fetched once, then kept by Keras.

Nothing in the course needs them: every lesson has data that works without a network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from utils.data import DataError, Split, stratified


@dataclass(frozen=True)
class PublicFile:
    """A file that Keras fetches, checks, and keeps under ``~/.keras/datasets``.

    Attributes:
        title: What it holds.
        source: Its address.
        licence: Its terms of use, as far as they are stated anywhere.
        bytes: Size of the file.
        sha256: Its SHA-256, in hexadecimal; Keras refuses a download with another one.
    """

    title: str
    source: str
    licence: str
    bytes: int
    sha256: str


CIFAR10 = PublicFile(
    title="CIFAR-10: 60,000 colour pictures of 10 kinds of things, 32×32 pixels",
    source="https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    licence="Its own page states no licence and asks to cite Krizhevsky, Learning Multiple Layers "
    "of Features from Tiny Images, 2009. The course does not redistribute it.",
    bytes=170_498_071,
    sha256="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
)
CIFAR10_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)

_Arrays = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Things:
    """Pictures of things: what to train on, what to choose settings by, what to report.

    Attributes:
        train: Images float32 ``(n, 32, 32, 3)`` in [0, 1] with labels int64 ``(n,)``.
        validation: The same.
        test: The same.
        names: What each label means.
    """

    train: Split
    validation: Split
    test: Split
    names: tuple[str, ...]


def cifar10(train: int = 45_000, validation: int = 5_000, test: int = 10_000) -> Things:
    """Load CIFAR-10; the first call on a machine fetches 170 MB.

    Validation pictures are held out of the 50,000 that the data set gives for training; the test
    set is the data set's own. The split is fixed.

    Args:
        train: How many pictures to train on; 1,000 take 12 MB of memory.
        validation: How many to choose settings by; together with ``train`` 50,000 at most.
        test: How many to report, 10,000 at most.

    Returns:
        The three parts, every class in proportion in each.

    Raises:
        ValueError: If there are not so many pictures.
        DataError: If the data set is neither there nor to be had, or is damaged; it says what to
            do. A download that broke off leaves nothing behind.
    """
    if min(train, validation, test) < 0 or train + validation > 50_000 or test > 10_000:
        raise ValueError(
            "CIFAR-10 has 50,000 pictures for training and validation and 10,000 for the test, "
            f"asked for {train} + {validation} and {test}."
        )
    from keras.datasets import cifar10 as source

    (images, labels), (test_images, test_labels) = _load(source.load_data)
    rows = stratified(labels, [train, validation, len(labels) - train - validation])
    test_rows = stratified(test_labels, [test, len(test_labels) - test])
    return Things(
        _split(images, labels, rows[0]),
        _split(images, labels, rows[1]),
        _split(test_images, test_labels, test_rows[0]),
        CIFAR10_NAMES,
    )


def _load(load_data: Callable[[], _Arrays]) -> _Arrays:
    """Fetch or open the data set; return labels of shape (n,)."""
    try:
        (images, labels), (test_images, test_labels) = load_data()
    except Exception as error:  # Keras raises bare exceptions, and any kind of a reader's
        reason = str(error).strip().splitlines() or [""]
        raise DataError(
            f"CIFAR-10 could not be loaded ({type(error).__name__}: {reason[0]}). "
            + _WHAT_TO_DO.format(file=CIFAR10, megabytes=CIFAR10.bytes // 10**6)
        ) from None
    labels, test_labels = labels.ravel(), test_labels.ravel()
    parts = ((images, labels, 5_000), (test_images, test_labels, 1_000))
    for pictures, numbers, each in parts:
        right = pictures.shape == (10 * each, 32, 32, 3) and pictures.dtype == np.uint8
        if not right or np.bincount(numbers, minlength=10).tolist() != [each] * 10:
            raise DataError(
                f"CIFAR-10 as Keras keeps it on this machine is damaged: expected {10 * each} "
                f"pictures of 32×32×3 bytes, {each} of each class. Delete what begins with "
                "cifar-10 under ~/.keras/datasets, and run this again with a network."
            )
    return (images, labels), (test_images, test_labels)


_WHAT_TO_DO = (
    "The first call on a machine fetches {megabytes} MB from {file.source}, which needs a network; "
    "later calls do not. With a network, run this again; if it fails again, delete what begins "
    "with cifar-10 under ~/.keras/datasets first. Without one, copy what begins with cifar-10 "
    "under ~/.keras/datasets from a machine that has it, or use utils.traffic_signs, which needs "
    "none."
)


def _split(images: np.ndarray, labels: np.ndarray, rows: np.ndarray) -> Split:
    return Split(images[rows].astype(np.float32) / 255, labels[rows].astype(np.int64))

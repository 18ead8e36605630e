"""How long a notebook trains, and how it shows that it is at work.

A notebook has one path and three lengths: *quick* (``COURSE_QUICK=1``, for continuous
integration), *default* (two CPU cores, under five minutes) and *GPU*.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

QUICK: bool = os.environ.get("COURSE_QUICK", "") not in ("", "0")


def gpu_available() -> bool:
    """Tell whether Keras's backend sees a GPU.

    Returns:
        ``True`` when the backend that Keras is configured with lists at least one GPU. A notebook
        that has not imported Keras gets ``False``: NumPy runs on the CPU anyway.
    """
    if "keras" not in sys.modules:
        return False
    import keras

    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow

        return bool(tensorflow.config.list_physical_devices("GPU"))
    if backend == "torch":
        import torch

        return torch.cuda.is_available()
    if backend == "jax":
        import jax

        return any(device.platform == "gpu" for device in jax.devices())
    return False


def choose(default: T, *, quick: T, gpu: T | None = None) -> T:
    """Pick a setting by how much time this run has.

    Args:
        default: The value on two CPU cores.
        quick: The value with ``COURSE_QUICK=1``.
        gpu: The value where a GPU is there; ``default`` when left out.

    Returns:
        One of the three.

    Example:
        >>> epochs = choose(20, quick=1, gpu=60)
    """
    if QUICK:
        return quick
    if gpu is not None and gpu_available():
        return gpu
    return default


def progress(iterable: Iterable[T], description: str, total: int | None = None) -> Iterator[T]:
    """Go through ``iterable`` behind a progress bar with the time that is left.

    The bar is written to standard output: a grader shows standard error as a warning.

    Args:
        iterable: What to go through.
        description: A word or two, shown before the bar.
        total: The number of items, where ``iterable`` has no length.

    Yields:
        The items of ``iterable``, in order.
    """
    from tqdm import tqdm

    yield from tqdm(
        iterable, desc=description, total=total, file=sys.stdout, ncols=88, disable=QUICK
    )

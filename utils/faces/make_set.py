"""Renders the set of faces that ships with the course: ``python -m utils.faces.make_set``."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from utils.faces.people import SPLITS
from utils.faces.shipped import FOLDER, MANIFEST, SIZE, pack, pictured
from utils.settings import progress

# People, and pictures of each.
COUNTS = {"train": (200, 20), "validation": (40, 12), "test": (60, 12)}

_HEADER = """\
# The rendered faces that ship with the course, in data/NAME.npz. Written by
# `python -m utils.faces.make_set`; utils/faces/shipped.py verifies each file against this.
# Nobody is shown: each person is drawn at random, on the shapes of head.toml (CC0 1.0).
# Licence: CC BY 4.0, as every picture that the course draws.
"""


def make_set(
    counts: dict[str, tuple[int, int]], folder: Path, manifest: Path, processes: int = 1
) -> None:
    """Render and write the splits of a set, and the list of them.

    Args:
        counts: How many people each split gets, from seed 0 on, and how many pictures of each.
        folder: Where its files go; made if need be.
        manifest: Where to list their bytes and SHA-256.
        processes: How many processes render.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = [_HEADER]
    for split, (people, each) in counts.items():
        path = folder / f"{split}.npz"
        pack(progress(_rendered(split, people, each, processes), split, total=people), path)
        content = path.read_bytes()
        entries.append(
            f"[{split}]\npeople = {people}\neach = {each}\nbytes = {len(content)}\n"
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
        )
    manifest.write_text("\n".join(entries), encoding="utf-8")


def _rendered(
    split: str, people: int, each: int, processes: int
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    if processes == 1:
        yield from (_one(split, seed, each) for seed in range(people))
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_one, [split] * people, range(people), [each] * people)


def _one(split: str, seed: int, each: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    return pictured(split, seed, each, SIZE)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and render."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.faces.make_set",
        description=f"Render the faces that ship with the course, {SIZE}×{SIZE} pixels: "
        + ", ".join(f"{people} {split} people × {n}" for split, (people, n) in COUNTS.items()),
    )
    parser.add_argument("--processes", type=int, default=2, help="how many render (default: 2)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    parser.add_argument(
        "--count",
        type=int,
        help="so many people of each split, and pictures of each, at most, to try it out",
    )
    options = parser.parse_args(arguments)
    if options.processes < 1 or (options.count is not None and options.count < 1):
        parser.error("--processes and --count are at least 1")
    counts = {
        split: tuple(min(value, options.count or value) for value in COUNTS[split])
        for split in SPLITS
    }
    manifest = MANIFEST if options.folder == FOLDER else options.folder / MANIFEST.name
    make_set(counts, options.folder, manifest, options.processes)


if __name__ == "__main__":
    main()

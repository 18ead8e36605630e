"""Renders the set of streets that ships with the course: ``python -m utils.streets.make_set``."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from utils.settings import progress
from utils.streets.labels import Rendered
from utils.streets.rendering import render
from utils.streets.scenes import SPLITS, scene
from utils.streets.shipped import FOLDER, HEIGHT, MANIFEST, WIDTH, pack

COUNTS = {"train": 1600, "validation": 200, "test": 300}

_HEADER = """\
# The rendered streets that ship with the course, in data/NAME.npz. Written by
# `python -m utils.streets.make_set`; utils/streets/shipped.py verifies each file against this.
# Licence: CC BY 4.0, as every picture that the course draws; no other source went into them.
"""


def make_set(counts: dict[str, int], folder: Path, manifest: Path, processes: int = 1) -> None:
    """Render and write the splits of a set, and the list of them.

    Args:
        counts: How many scenes each split gets, from seed 0 on.
        folder: Where its files go; made if need be.
        manifest: Where to list their bytes and SHA-256.
        processes: How many processes render.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = [_HEADER]
    for split, count in counts.items():
        path = folder / f"{split}.npz"
        pack(progress(_rendered(split, count, processes), split, total=count), path)
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        entries.append(
            f'[{split}]\nscenes = {count}\nbytes = {len(content)}\nsha256 = "{digest}"\n'
        )
    manifest.write_text("\n".join(entries), encoding="utf-8")


def _rendered(split: str, count: int, processes: int) -> Iterator[Rendered]:
    if processes == 1:
        yield from (_one(split, seed) for seed in range(count))
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_one, [split] * count, range(count), chunksize=8)


def _one(split: str, seed: int) -> Rendered:
    return render(scene(seed, split), WIDTH, HEIGHT)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and render."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.streets.make_set",
        description="Render the streets that ship with the course: "
        + ", ".join(f"{count} {split}" for split, count in COUNTS.items())
        + f" scenes of {WIDTH}×{HEIGHT} pixels.",
    )
    parser.add_argument("--processes", type=int, default=2, help="how many render (default: 2)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    parser.add_argument(
        "--count", type=int, help="so many scenes of each split at most, to try it out"
    )
    options = parser.parse_args(arguments)
    if options.processes < 1 or (options.count is not None and options.count < 1):
        parser.error("--processes and --count are at least 1")
    counts = {split: min(COUNTS[split], options.count or COUNTS[split]) for split in SPLITS}
    manifest = MANIFEST if options.folder == FOLDER else options.folder / MANIFEST.name
    make_set(counts, options.folder, manifest, options.processes)


if __name__ == "__main__":
    main()

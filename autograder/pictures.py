"""Takes the pictures of the README and the site out of the executed solutions.

``docs/pictures/pictures.toml`` names each picture by the beginning of its caption::

    [edges]
    lesson = "week1_convolutions/convolution_from_scratch"
    caption = "Where you will get to"

So no picture in the documents can show what the course no longer does.
"""

from __future__ import annotations

import argparse
import base64
import tomllib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course, CourseError, find_course


def pictures(course: Course) -> dict[Path, bytes]:
    """Find every picture that the documents show.

    Args:
        course: The course.

    Returns:
        Where each picture belongs, and its PNG.

    Raises:
        CourseError: If a lesson is missing or shows no such picture.
    """
    folder = course.root / "docs" / "pictures"
    listed = tomllib.loads((folder / "pictures.toml").read_text(encoding="utf-8"))
    found = {}
    for name, entry in listed.items():
        path = course.solutions / f"{entry['lesson']}.ipynb"
        if not path.is_file():
            raise CourseError(f"{path} is missing: run `make build`")
        notebook = nbformat.read(path, as_version=4)
        found[folder / f"{name}.png"] = _find(notebook, entry["caption"], path)
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``autograder pictures``: it has no options."""


def run(arguments: argparse.Namespace) -> int:
    """Run ``autograder pictures``; return its exit status."""
    changed = 0
    for path, png in pictures(find_course()).items():
        if not path.is_file() or path.read_bytes() != png:
            path.write_bytes(png)
            changed += 1
    print(f"docs/pictures: {changed} pictures renewed")
    return 0


def _find(notebook: NotebookNode, caption: str, path: Path) -> bytes:
    for cell in notebook.cells:
        before: NotebookNode | None = None
        for output in cell.get("outputs", []):
            if before is not None and output.get("data", {}).get("text/plain", "").startswith(
                caption
            ):
                return base64.b64decode(before.data["image/png"])
            before = output if "image/png" in output.get("data", {}) else None
    raise CourseError(f"{path} shows no picture whose caption starts with {caption!r}")

"""Builds the executed solutions and the learners' versions from the sources."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course, find_course
from autograder.digest import execution_digest
from autograder.execute import ExecutionError, execute, find_problems
from autograder.release import generate_release, write_notebook
from autograder.source import SourceNotebook, read_week, to_notebook

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Execution:
    """What a committed solution says about its execution.

    Attributes:
        digest: Hash of the code, helpers and lock that were executed.
        seconds: How long it took.
    """

    digest: str
    seconds: float


def build_week(
    course: Course,
    week: str,
    *,
    force: bool = False,
    quick: bool = False,
    tell: Tell = print,
) -> list[Path]:
    """Build a week: execute what has changed, then make the learners' versions.

    Args:
        course: The course.
        week: The week's folder name.
        force: Whether to execute again what has not changed.
        quick: Whether to execute in quick mode; for trying only, such a build is never committed.
        tell: Takes a line of progress.

    Returns:
        The files that were written.

    Raises:
        SourceError: If a source is malformed.
        ExecutionError: If a solution does not run or does not pass its own checks.
        CourseError: If nbgrader refuses.
    """
    folder = course.require_week(week)
    sources = read_week(folder)
    written = []
    for source in sources:
        path = folder / f"{source.name}.ipynb"
        notebook = _with_old_outputs(source, course, path)
        if force or notebook is None:
            tell(f"{week}/{source.name}: executing")
            notebook = to_notebook(source)
            seconds = _execute(notebook, source, quick)
            digest = "" if quick else execution_digest(source, course)
            notebook.metadata["course"] = {"digest": digest, "seconds": round(seconds, 1)}
            tell(f"{week}/{source.name}: executed in {seconds:.0f} s")
        if _write_if_changed(notebook, path):
            written.append(path)
    written += _remove_strangers(folder, sources) + _release(course, week)
    tell(f"{week}: {len(written)} files changed" if written else f"{week}: up to date")
    return written


def find_differences(course: Course, week: str) -> Iterator[str]:
    """Tell what a build of a week would change, without executing anything.

    Args:
        course: The course.
        week: The week's folder name.

    Yields:
        A line for each committed file that is not what its source gives, outputs aside.
    """
    folder = course.require_week(week)
    sources = read_week(folder)
    for source in sources:
        path = folder / f"{source.name}.ipynb"
        if not path.is_file():
            yield f"{path} is missing"
            continue
        committed = nbformat.read(path, as_version=4)
        if not _same_cells(committed, to_notebook(source)):
            yield f"{path} differs from {source.path.name}"
        elif read_execution(committed).digest != execution_digest(source, course):
            yield f"{path} was executed with other code, helpers or lock"
        for problem in find_problems(committed):
            yield f"{path}: {problem}"
    yield from _release_differences(course, week)


def read_execution(notebook: NotebookNode) -> Execution:
    """Read from an executed solution which code was executed, and how long it took."""
    record = notebook.metadata.get("course", {})
    return Execution(str(record.get("digest", "")), float(record.get("seconds", 0)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``autograder build``."""
    parser.add_argument("weeks", nargs="*", metavar="WEEK", help="all weeks by default")
    parser.add_argument(
        "--check", action="store_true", help="build nothing; tell what would change"
    )
    parser.add_argument("--force", action="store_true", help="execute what has not changed, too")
    parser.add_argument("--quick", action="store_true", help="execute in quick mode, for trying")


def run(arguments: argparse.Namespace) -> int:
    """Run ``autograder build``; return its exit status."""
    course = find_course()
    weeks = arguments.weeks or course.weeks()
    if arguments.check:
        differences = [line for week in weeks for line in find_differences(course, week)]
        for line in differences:
            print(line)
        print("run `make build`" if differences else "what is committed equals what is built")
        return 1 if differences else 0
    for week in weeks:
        build_week(course, week, force=arguments.force, quick=arguments.quick)
    return 0


def _execute(notebook: NotebookNode, source: SourceNotebook, quick: bool) -> float:
    try:
        return execute(notebook, source.path.parent, quick=quick)
    except ExecutionError as error:
        raise ExecutionError(f"{source.path}: {error}") from None


def _with_old_outputs(source: SourceNotebook, course: Course, path: Path) -> NotebookNode | None:
    """Return the source's notebook with the outputs it was committed with, if they still hold."""
    if not path.is_file():
        return None
    old = nbformat.read(path, as_version=4)
    if read_execution(old).digest != execution_digest(source, course) or any(find_problems(old)):
        return None
    new = to_notebook(source)
    old_code = [cell for cell in old.cells if cell.cell_type == "code"]
    new_code = [cell for cell in new.cells if cell.cell_type == "code"]
    if [cell.source for cell in old_code] != [cell.source for cell in new_code]:
        return None
    for before, after in zip(old_code, new_code, strict=True):
        after.outputs, after.execution_count = before.outputs, before.execution_count
    new.metadata["course"] = old.metadata["course"]
    return new


def _same_cells(committed: NotebookNode, built: NotebookNode) -> bool:
    """Compare two notebooks, outputs and execution aside."""

    def essence(notebook: NotebookNode) -> list[tuple]:
        return [(c.cell_type, c.id, c.source, c.metadata) for c in notebook.cells]

    return essence(committed) == essence(built)


def _release(course: Course, week: str) -> list[Path]:
    target = course.notebooks / week
    with tempfile.TemporaryDirectory() as folder:
        new = generate_release(course, week, course.solutions / week, Path(folder))
        target.mkdir(parents=True, exist_ok=True)
        changed = []
        for path in new:
            place = target / path.name
            if not place.is_file() or place.read_bytes() != path.read_bytes():
                place.write_bytes(path.read_bytes())
                changed.append(place)
        return changed + _remove(target.glob("*.ipynb"), keep={path.name for path in new})


def _release_differences(course: Course, week: str) -> Iterator[str]:
    target = course.notebooks / week
    with tempfile.TemporaryDirectory() as folder:
        new = generate_release(course, week, course.solutions / week, Path(folder))
        for path in new:
            place = target / path.name
            if not place.is_file():
                yield f"{place} is missing"
            elif place.read_bytes() != path.read_bytes():
                yield f"{place} differs from its solution"
        for place in sorted(set(target.glob("*.ipynb"))):
            if place.name not in {path.name for path in new}:
                yield f"{place} has no source"


def _remove_strangers(folder: Path, sources: list[SourceNotebook]) -> list[Path]:
    return _remove(folder.glob("*.ipynb"), keep={f"{source.name}.ipynb" for source in sources})


def _remove(paths: Iterator[Path], keep: set[str]) -> list[Path]:
    gone = [path for path in sorted(paths) if path.name not in keep]
    for path in gone:
        path.unlink()
    return gone


def _write_if_changed(notebook: NotebookNode, path: Path) -> bool:
    before = path.read_bytes() if path.is_file() else b""
    write_notebook(notebook, path)
    return path.read_bytes() != before

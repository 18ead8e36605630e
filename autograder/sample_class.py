"""Writes a class of sample hand-ins: good, middling, blank, odd and broken ones.

The class is described in ``tests/submissions/sample_class.toml`` and made afresh from the learners'
versions and the sample answers, so it cannot lag behind the lessons.
"""

from __future__ import annotations

import argparse
import shutil
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course, CourseError, find_course
from autograder.samples import blank, read_sample
from autograder.source import CHECK_PREFIX, CellKind, SourceNotebook, read_week

ANSWERS = ("reference", "right", "wrong", "blank")


@dataclass(frozen=True)
class Student:
    """One made-up student.

    Attributes:
        name: Her folder's name.
        what: What is special about her hand-in.
        answers: One of :data:`ANSWERS`.
        pick: Which wrong answer she gives, in alphabetical order.
        stops_at: Exercises from which on she left her notebooks blank.
        trouble: The name of what is odd about her files; empty when nothing is.
    """

    name: str
    what: str
    answers: str
    pick: int = 0
    stops_at: tuple[str, ...] = ()
    trouble: str = ""


def read_class(course: Course) -> list[Student]:
    """Read the class's description.

    Raises:
        CourseError: If it names an unknown kind of answers or trouble.
    """
    path = course.root / "tests" / "submissions" / "sample_class.toml"
    students = []
    for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        student = Student(name, **{**entry, "stops_at": tuple(entry.get("stops_at", ()))})
        if student.answers not in ANSWERS or student.trouble not in {"", *TROUBLES}:
            raise CourseError(f"{path}: {name} has unknown answers or trouble")
        students.append(student)
    return students


def answers_of(student: Student, source: SourceNotebook, course: Course) -> dict[str, str]:
    """Choose a student's answer to each exercise of a notebook.

    Args:
        student: The student.
        source: The lesson.
        course: The course, for its sample answers.

    Returns:
        The text of each exercise's cell, by exercise.
    """
    chosen, stopped = {}, False
    for cell in source.of_kind(CellKind.EXERCISE):
        stopped = stopped or cell.exercise in student.stops_at
        if stopped or student.answers == "blank":
            chosen[cell.exercise] = blank(cell)
        elif student.answers == "reference":
            chosen[cell.exercise] = cell.text
        else:
            folder = course.root / "tests" / "submissions" / source.week / source.name
            paths = sorted((folder / cell.exercise).glob(f"{student.answers}_*.py"))
            chosen[cell.exercise] = read_sample(paths[student.pick % len(paths)]).text
    return chosen


def write_class(course: Course, week: str, target: Path) -> list[Student]:
    """Write the whole class's hand-ins of a week.

    Args:
        course: The course.
        week: The week's folder name.
        target: Where the students' folders go; what stands there of an earlier class is replaced.

    Returns:
        The students.
    """
    sources = read_week(course.require_week(week))
    students = read_class(course)
    for student in students:
        write_student(course, sources, student, target)
    return students


def write_student(
    course: Course, sources: Sequence[SourceNotebook], student: Student, target: Path
) -> None:
    """Write one student's hand-in.

    Args:
        course: The course.
        sources: The week's lessons.
        student: The student.
        target: Where her folder goes; an earlier one is replaced.
    """
    folder = target / student.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in sources:
        learners = course.notebooks / source.week / f"{source.name}.ipynb"
        notebook = nbformat.read(learners, as_version=4)
        _fill_in(notebook, answers_of(student, source, course))
        nbformat.write(notebook, folder / learners.name)
    if student.trouble:
        TROUBLES[student.trouble](folder)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``autograder sample-class``."""
    parser.add_argument("week", metavar="WEEK")
    parser.add_argument("target", type=Path, metavar="FOLDER", help="where the hand-ins go")


def run(arguments: argparse.Namespace) -> int:
    """Run ``autograder sample-class``; return its exit status."""
    for student in write_class(find_course(), arguments.week, arguments.target):
        print(f"{student.name:<8} {student.what}")
    return 0


def _fill_in(notebook: NotebookNode, answers: dict[str, str]) -> None:
    for cell in notebook.cells:
        exercise = cell.metadata.get("nbgrader", {}).get("grade_id")
        if exercise in answers:
            cell.source = answers[exercise]


# What can be odd about a hand-in ------------------------------------------------------------------


def _edit(path: Path, change: Callable[[NotebookNode], None]) -> None:
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def _notebooks(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.ipynb"))


def _noisy(folder: Path) -> None:
    noise = (
        "import sys, warnings\n"
        "warnings.warn('this is deprecated')\n"
        "print('note to myself: all well', file=sys.stderr)"
    )

    def change(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source += f"\n\n{noise}"

    for path in _notebooks(folder):
        _edit(path, change)


def _shuffled(folder: Path) -> None:
    def change(notebook: NotebookNode) -> None:
        solutions = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]
        others = [c for c in notebook.cells if c not in solutions]
        kept = [
            cell
            for cell in others
            if not str(cell.metadata.get("nbgrader", {}).get("grade_id")).startswith(CHECK_PREFIX)
        ]
        # Jupyter gives a copy an id of its own and keeps the rest, nbgrader's metadata included.
        copies = [nbformat.from_dict({**cell, "id": f"copy-{cell.id}"}) for cell in solutions[:2]]
        extra = nbformat.v4.new_code_cell("print('trying something')")
        notebook.cells = [*solutions, *copies, extra, *reversed(kept)]

    for path in _notebooks(folder):
        _edit(path, change)


def _truncated(folder: Path) -> None:
    path = _notebooks(folder)[-1]
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _utf16(folder: Path) -> None:
    for path in _notebooks(folder):
        path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))


def _another_week(folder: Path) -> None:
    def change(notebook: NotebookNode) -> None:
        for number, cell in enumerate(notebook.cells):
            cell.metadata.pop("nbgrader", None)
            cell.id = f"other-{number}"
            cell.source = f"# another week's cell {number}"

    for path in _notebooks(folder):
        _edit(path, change)


def _empty(folder: Path) -> None:
    for path in _notebooks(folder):
        path.unlink()


def _talkative(folder: Path) -> None:
    def change(notebook: NotebookNode) -> None:
        loud = nbformat.v4.new_code_cell("for _ in range(200):\n    print('x' * 1_000_000)")
        notebook.cells.insert(2, loud)

    _edit(_notebooks(folder)[0], change)


def _no_notebook(folder: Path) -> None:
    for path in _notebooks(folder):
        path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 40)


TROUBLES: dict[str, Callable[[Path], None]] = {
    "noisy": _noisy,
    "shuffled": _shuffled,
    "truncated": _truncated,
    "utf16": _utf16,
    "another_week": _another_week,
    "empty": _empty,
    "talkative": _talkative,
    "no_notebook": _no_notebook,
}

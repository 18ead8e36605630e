"""The course's own notebooks, as grading needs them: cells, exercises, points, blank stubs.

Read from ``solutions/WEEK/NAME.ipynb`` (all text, hidden checks included) and
``notebooks/WEEK/NAME.ipynb`` (what a learner starts from).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.course import Course, CourseError
from autograder.source import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    CHECK_PREFIX,
    END_HIDDEN,
    END_SOLUTION,
)

_SOLUTION = re.compile(
    rf"^(?P<indent>[ \t]*){BEGIN_SOLUTION}.*?(^[ \t]*{END_SOLUTION}[^\n]*$|\Z)", re.DOTALL | re.M
)
_HIDDEN = re.compile(
    rf"^[ \t]*{BEGIN_HIDDEN}.*?(^[ \t]*{END_HIDDEN}[^\n]*(\n|\Z)|\Z)", re.DOTALL | re.M
)


class CellKind(StrEnum):
    """What a cell is to the grader."""

    EXERCISE = "exercise"  # the learner's cell
    CHECK = "check"  # gives the points
    SETUP = "setup"  # imports, data, constants that the others need
    PLAIN = "plain"  # demos, training, plots, prose: not executed when grading
    OWN = "own"  # a cell that the learner added


@dataclass(frozen=True)
class CourseCell:
    """A cell of the course.

    Attributes:
        kind: What it is to the grader.
        cell_type: ``code``, ``markdown`` or ``raw``.
        cell_id: The notebook format's cell id; the same in both versions of a notebook.
        grade_id: nbgrader's id; empty where the cell has none.
        text: The course's text. For an exercise, the blank stub.
        learner_text: The text as the learner got it: without hidden checks.
        points: What a check cell is worth.
        nbgrader: nbgrader's metadata, to be copied into every rebuilt notebook.
    """

    kind: CellKind
    cell_type: str
    cell_id: str
    grade_id: str
    text: str
    learner_text: str
    points: float
    nbgrader: dict[str, Any] | None

    @property
    def exercise(self) -> str:
        """The id of the exercise that this exercise or check cell belongs to."""
        if self.kind is CellKind.CHECK:
            return self.grade_id.removeprefix(CHECK_PREFIX)
        return self.grade_id


@dataclass(frozen=True)
class CourseNotebook:
    """A notebook of the course.

    Attributes:
        name: Its file name without ending.
        week: The week it belongs to.
        cells: Its cells, in order.
        digest: A hash of all that decides what grading does with a hand-in.
    """

    name: str
    week: str
    cells: tuple[CourseCell, ...]
    digest: str

    @cached_property
    def by_grade_id(self) -> dict[str, CourseCell]:
        """The cells that nbgrader knows, by their id."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id}

    @property
    def checks(self) -> tuple[CourseCell, ...]:
        """The check cells, in order."""
        return tuple(cell for cell in self.cells if cell.kind is CellKind.CHECK)

    @property
    def exercises(self) -> tuple[CourseCell, ...]:
        """The exercise cells, in order."""
        return tuple(cell for cell in self.cells if cell.kind is CellKind.EXERCISE)


@dataclass(frozen=True)
class Week:
    """A week of the course: nbgrader calls it an assignment."""

    name: str
    notebooks: tuple[CourseNotebook, ...]


def load_week(course: Course, week: str) -> Week:
    """Read a week's notebooks.

    Args:
        course: The course.
        week: The week's id, the name of its folder.

    Raises:
        CourseError: If there is no such week, it is not built, or it has nothing to grade.
    """
    folder = course.solutions / week
    known = sorted({path.parent.name for path in course.solutions.glob("*/*.ipynb")})
    if week not in known:
        course.require_week(week)
        raise CourseError(f"the week {week!r} is not built: run `make build`")
    notebooks = tuple(
        load_notebook(path, course.notebooks / week / path.name)
        for path in sorted(folder.glob("*.ipynb"))
    )
    graded = tuple(notebook for notebook in notebooks if notebook.checks)
    if not graded:
        raise CourseError(f"the week {week!r} has no exercise to grade")
    return Week(week, graded)


def load_notebook(path: Path, learners: Path) -> CourseNotebook:
    """Read one of the course's notebooks.

    Args:
        path: The notebook with solutions and hidden checks.
        learners: The learner's version, which holds the stubs.

    Raises:
        CourseError: If a notebook cannot be read, or the learner's version lacks an exercise.
    """
    try:
        cells = json.loads(path.read_bytes())["cells"]
        released = json.loads(learners.read_bytes())["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(f"cannot read {path.name}: {error!r}; run `make build`") from error
    stubs = {_grade_id(cell): _text(cell) for cell in released if _grade_id(cell)}
    course_cells = tuple(_course_cell(cell, stubs) for cell in cells)
    parts = [[c.kind, c.cell_type, c.grade_id, c.text, c.learner_text] for c in course_cells]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return CourseNotebook(path.stem, path.parent.name, course_cells, digest)


def exercise_owners(course: Course) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield week, notebook name and exercise ids of every built notebook of the course."""
    for path in sorted(course.solutions.glob("*/*.ipynb")):
        try:
            notebook = load_notebook(path, course.notebooks / path.parent.name / path.name)
        except CourseError:
            continue  # only that week cannot be named
        yield notebook.week, notebook.name, frozenset(c.exercise for c in notebook.exercises)


def strip_hidden(text: str) -> str:
    """Return a check cell's text without its hidden regions (an unclosed one goes to the end)."""
    return _HIDDEN.sub("", text).rstrip("\n")


def _course_cell(cell: dict[str, Any], stubs: dict[str, str]) -> CourseCell:
    metadata = cell.get("metadata", {})
    nbgrader = metadata.get("nbgrader") or None
    kind = _kind(metadata, nbgrader)
    grade_id = nbgrader["grade_id"] if nbgrader else ""
    text = learner_text = _text(cell)
    if kind is CellKind.EXERCISE:
        if grade_id not in stubs:
            raise CourseError(f"the learners' version lacks {grade_id!r}: run `make build`")
        # Even if the learners' version held a solution by mistake, nobody gets points for it.
        text = learner_text = _SOLUTION.sub(r"\g<indent>raise NotImplementedError", stubs[grade_id])
    elif kind is CellKind.CHECK:
        learner_text = strip_hidden(text)
    points = float(nbgrader.get("points", 0)) if nbgrader else 0.0
    cell_id = str(cell.get("id", ""))
    return CourseCell(
        kind, cell["cell_type"], cell_id, grade_id, text, learner_text, points, nbgrader
    )


def _kind(metadata: dict[str, Any], nbgrader: dict[str, Any] | None) -> CellKind:
    if nbgrader and nbgrader.get("solution"):
        return CellKind.EXERCISE
    if nbgrader and nbgrader.get("grade"):
        return CellKind.CHECK
    if (nbgrader and nbgrader.get("locked")) or "setup" in metadata.get("tags", []):
        return CellKind.SETUP
    return CellKind.PLAIN


def _grade_id(cell: dict[str, Any]) -> str:
    return (cell.get("metadata", {}).get("nbgrader") or {}).get("grade_id", "")


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)

"""Runs a notebook's visible checks, for a learner: ``autograder check`` and ``progress``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.execute import CELL_SECONDS, ENVIRONMENT, client_for, environment
from autograder.reports import reports_in
from autograder.source import CHECK_PREFIX
from utils.checks import Outcome, Report, as_text


class NotebookError(Exception):
    """A file that cannot be checked; the message says why."""


@dataclass(frozen=True)
class ExerciseState:
    """Where a learner stands with one exercise.

    Attributes:
        exercise: Its id.
        points: What it is worth.
        report: What its checks last showed; ``None`` when they have not been run.
    """

    exercise: str
    points: float
    report: Report | None

    @property
    def earned(self) -> float:
        """The points that the visible checks give."""
        return min(self.report.earned, self.points) if self.report else 0.0

    @property
    def passed(self) -> bool:
        """Whether all checks that ran here have passed."""
        checks = self.report.checks if self.report else ()
        return bool(checks) and all(check.outcome is Outcome.PASSED for check in checks)

    @property
    def words(self) -> str:
        """The state in words."""
        if self.report is None:
            return "not run yet"
        if self.passed:
            return "done"
        if all(check.outcome is Outcome.MISSING for check in self.report.checks):
            return "to do"
        return "some checks fail"


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook file.

    Raises:
        NotebookError: If it is missing or no notebook.
    """
    if not path.is_file():
        raise NotebookError(f"{path}: no such file")
    try:
        return nbformat.read(path, as_version=4)
    except UnicodeDecodeError:
        raise NotebookError(f"{path}: is not UTF-8 text, so it is no notebook") from None
    except Exception as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise NotebookError(f"{path}: is no notebook that can be read: {reason}") from None


def run_notebook(notebook: NotebookNode, folder: Path) -> None:
    """Run a notebook in place in quick mode, going on after errors.

    Raises:
        NotebookError: If its process ends or a cell takes too long.
    """
    with (
        environment(COURSE_QUICK="1", **ENVIRONMENT),
        client_for(notebook, folder, allow_errors=True) as client,
    ):
        try:
            client.execute()
        except CellTimeoutError:
            raise NotebookError(
                f"a cell ran for more than {CELL_SECONDS} s: an endless loop?"
            ) from None
        except DeadKernelError:
            raise NotebookError(
                "Python stopped while it ran the notebook: out of memory?"
            ) from None


def states_of(notebook: NotebookNode) -> list[ExerciseState]:
    """Read where a learner stands from the outputs in her notebook."""
    states = []
    for cell in notebook.cells:
        grader = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or not grader.get("grade"):
            continue
        exercise = str(grader.get("grade_id", "")).removeprefix(CHECK_PREFIX)
        reports = reports_in(cell)
        report = reports[-1] if reports else None
        states.append(ExerciseState(exercise, float(grader.get("points", 0)), report))
    return states


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``autograder check``."""
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")


def check(arguments: argparse.Namespace) -> int:
    """Run ``autograder check``: 0 when all checks pass, 1 when one fails, 2 for a bad file."""
    status = 0
    for path in arguments.notebooks:
        try:
            status = max(status, _check_one(path))
        except NotebookError as error:
            print(error, file=sys.stderr)
            status = 2
    return status


def _check_one(path: Path) -> int:
    notebook = read_notebook(path)
    print(f"{path}: running its cells in quick mode …", flush=True)
    run_notebook(notebook, path.resolve().parent)
    states = states_of(notebook)
    if not states:
        raise NotebookError(f"{path}: holds no checks: is it a notebook of this course?")
    for state in states:
        print(as_text(state.report) if state.report else f"{state.exercise}: did not report")
    earned, points = sum(s.earned for s in states), sum(s.points for s in states)
    done = sum(state.passed for state in states)
    print(f"{done} of {len(states)} exercises done, {earned:g} of {points:g} points")
    return 0 if done == len(states) else 1


def add_progress_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``autograder progress``."""
    parser.add_argument("folder", nargs="?", type=Path, default=Path("notebooks"))
    parser.add_argument(
        "--run", action="store_true", help="run the notebooks first (default: as last saved)"
    )


def progress(arguments: argparse.Namespace) -> int:
    """Run ``autograder progress``: list exercises and points reached, by week."""
    paths = sorted(arguments.folder.glob("*/*.ipynb")) or sorted(arguments.folder.glob("*.ipynb"))
    if not paths:
        print(f"{arguments.folder}: holds no notebooks; name the folder that does", file=sys.stderr)
        return 2
    status, week, totals = 0, "", [0.0, 0.0]
    for path in paths:
        if path.parent.name != week:
            week = path.parent.name
            print(week)
        try:
            notebook = read_notebook(path)
            if arguments.run:
                run_notebook(notebook, path.resolve().parent)
        except NotebookError as error:
            print(f"  {error}", file=sys.stderr)
            status = 2
            continue
        states = states_of(notebook)
        _print_states(path.stem, states)
        totals[0] += sum(state.earned for state in states)
        totals[1] += sum(state.points for state in states)
    print(f"in all: {totals[0]:g} of {totals[1]:g} points, by the checks you can see")
    return status


def _print_states(name: str, states: list[ExerciseState]) -> None:
    earned, points = sum(s.earned for s in states), sum(s.points for s in states)
    print(f"  {name}: {earned:g} of {points:g} points")
    for state in states:
        print(f"    {state.exercise:<28}{state.earned:>6g} of {state.points:<4g} {state.words}")

"""Sample answers: right and wrong ones, each with the checks it must fail and its score.

A sample is a Python file with the whole text of an exercise's cell below a header::

    # what: the kernel is turned by 180 degrees, as a true convolution would
    # fails: a 3 by 3 example worked by hand
    # score: 6

Adding one needs a file and no code. They lie in
``tests/submissions/WEEK/NOTEBOOK/EXERCISE/{right,wrong}_*.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.release import stub
from autograder.source import (
    BEGIN_SOLUTION,
    END_SOLUTION,
    CellKind,
    SourceCell,
    SourceNotebook,
)
from utils.checks import Outcome, Report

_HEADER = re.compile(r"#\s*(what|fails|score):\s*(.+?)\s*$")


class SampleError(Exception):
    """A sample file that cannot be used, told as ``file:line: what to do``."""


@dataclass(frozen=True)
class Sample:
    """One answer to one exercise.

    Attributes:
        exercise: The exercise's id.
        name: The file's name without ending; starts with ``right_`` or ``wrong_``.
        what: What the answer does, in a sentence.
        text: The exercise cell's text.
        fails: Names of the checks that must not pass.
        score: The points it must get.
    """

    exercise: str
    name: str
    what: str
    text: str
    fails: frozenset[str]
    score: float

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.name.startswith("right_")


def read_sample(path: Path) -> Sample:
    """Read a sample file.

    Raises:
        SampleError: If its name or header is not as described above.
    """
    if not path.stem.startswith(("right_", "wrong_")):
        raise SampleError(f"{path}:1: the name must start with right_ or wrong_")
    lines = path.read_text(encoding="utf-8").splitlines()
    found: dict[str, list[str]] = {"what": [], "fails": [], "score": []}
    end = 0
    for end, line in enumerate(lines):  # noqa: B007 (the first line after the header is needed)
        match = _HEADER.match(line)
        if not match:
            break
        found[match.group(1)].append(match.group(2))
    if len(found["what"]) != 1 or len(found["score"]) != 1:
        raise SampleError(f"{path}:1: the header needs one `# what:` and one `# score:`")
    try:
        score = float(found["score"][0])
    except ValueError:
        raise SampleError(f"{path}:1: `# score:` is no number: {found['score'][0]}") from None
    if path.stem.startswith("right_") == bool(found["fails"]):
        raise SampleError(f"{path}:1: a wrong answer names the checks it fails, a right one none")
    return Sample(
        exercise=path.parent.name,
        name=path.stem,
        what=found["what"][0],
        text="\n".join(lines[end:]).strip("\n"),
        fails=frozenset(found["fails"]),
        score=score,
    )


def blank(cell: SourceCell) -> str:
    """Return an exercise's text as the learner gets it, with the solution left out."""
    kept, inside = [], False
    for line in cell.text.splitlines():
        if BEGIN_SOLUTION in line:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept.append(indent + stub(cell.exercise))
        elif END_SOLUTION in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


class Bench:
    """Checks answers to the exercises of one notebook, each in a namespace of its own.

    All other exercises hold the reference solution, so an answer is judged by itself. For the
    project's own samples only: the code runs in this process, without a sandbox.

    Args:
        notebook: The lesson.
    """

    def __init__(self, notebook: SourceNotebook) -> None:
        self._notebook = notebook
        self._setup: dict[str, Any] | None = None

    def check(self, exercise: str, text: str) -> Report:
        """Run one answer and its checks, beside the reference for all other exercises.

        Args:
            exercise: The exercise's id.
            text: The text of its cell.

        Returns:
            What the checks found. An answer whose cell raises is not defined when its checks run.
        """
        return self.check_all({exercise: text}, only=exercise)[exercise]

    def check_all(self, answers: Mapping[str, str], only: str | None = None) -> dict[str, Report]:
        """Run a whole hand-in's answers and their checks, in the notebook's order.

        Args:
            answers: The text of an exercise's cell, by exercise; the reference where it is not.
            only: The one exercise whose checks run; all of them by default.

        Returns:
            What the checks found, by exercise.
        """
        namespace = dict(self._prepared())
        reports = {}
        for cell in self._notebook.cells:
            if cell.kind is CellKind.EXERCISE:
                text = answers.get(cell.exercise, cell.text)
                self._run(text, namespace, cell.exercise, may_raise=cell.exercise in answers)
            elif cell.kind is CellKind.CHECK and only in (None, cell.exercise):
                reports[cell.exercise] = self._report(cell, namespace)
        return reports

    def _report(self, check: SourceCell, namespace: dict[str, Any]) -> Report:
        head, _, _ = check.text.rpartition("checks.report()")
        self._run(head, namespace, f"check {check.exercise}")
        checks = namespace["checks"]
        checks.points = check.points
        return checks.summary()

    def _prepared(self) -> dict[str, Any]:
        if self._setup is None:
            self._setup = {"__name__": "__main__"}
            for cell in self._notebook.of_kind(CellKind.SETUP):
                self._run(cell.text, self._setup, f"setup {cell.line}")
        return self._setup

    @staticmethod
    def _run(text: str, namespace: dict[str, Any], name: str, *, may_raise: bool = False) -> None:
        try:
            exec(compile(text, f"<{name}>", "exec"), namespace)
        except Exception:
            if not may_raise:
                raise


def failed_checks(report: Report) -> frozenset[str]:
    """Return the names of the checks that did not pass."""
    return frozenset(c.name for c in report.checks if c.outcome is not Outcome.PASSED)

"""What grading found, as plain typed records.

Everything after execution (gradebook, table, CSV, feedback) reads these records and nothing else,
so that the way a hand-in is executed can change without them.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Outcome(StrEnum):
    """How a check, an exercise or a whole notebook ended. The list is closed."""

    PASSED = "passed"  # holds; for a notebook: graded to its end
    FAILED = "failed"  # the property does not hold
    ERROR = "error"  # the code raised, or gave no score
    TIMEOUT = "timeout"  # a time limit was reached
    MEMORY = "memory"  # a memory limit was reached
    KILLED = "killed"  # the process ended by itself
    MISSING = "missing"  # still to be done, or not handed in
    REFUSED = "refused"  # could not be read


@dataclass(frozen=True)
class CheckResult:
    """One named check.

    Attributes:
        name: The property, in words.
        outcome: How it ended.
        message: What is wrong; a hidden check's message must not be shown to the learner.
        hint: Where to look.
        weight: Its share of the exercise's points, relative to the other checks.
        hidden: Whether its code is kept from the learner.
    """

    name: str
    outcome: Outcome
    message: str = ""
    hint: str = ""
    weight: float = 1.0
    hidden: bool = False


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: the points it gave, and why.

    Attributes:
        exercise: The exercise's id.
        points: What it is worth.
        earned: What it gave, from 0 to ``points``.
        outcome: ``passed`` with full points, ``failed`` with fewer, or what kept it from scoring.
        message: One sentence where the checks alone do not explain the outcome.
        checks: The checks that ran.
    """

    exercise: str
    points: float
    earned: float
    outcome: Outcome
    message: str = ""
    checks: tuple[CheckResult, ...] = ()


@dataclass(frozen=True)
class NotebookResult:
    """One notebook of a hand-in.

    Attributes:
        notebook: The notebook's name, without ending.
        outcome: ``passed`` when it was graded to its end.
        message: What went wrong with the notebook as a whole, as a sentence.
        exercises: The exercises, in the notebook's order.
        repairs: What was put right in the notebook before it ran, a sentence each.
    """

    notebook: str
    outcome: Outcome
    exercises: tuple[ExerciseResult, ...]
    message: str = ""
    repairs: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """What the notebook is worth."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def earned(self) -> float:
        """What the notebook gave."""
        return round(sum(exercise.earned for exercise in self.exercises), 2)


@dataclass(frozen=True)
class HandInResult:
    """All notebooks that one student handed in for one week.

    Attributes:
        student: The name of the student's folder.
        week: The week's id.
        notebooks: One result for each notebook of the week.
        message: Why the hand-in as a whole could not be read; empty otherwise.
        fingerprint: A hash of the files handed in and of the course's notebooks. While it stays
            the same there is nothing to grade again.
        seconds: Wall time that grading took.
        unsafe: Whether the code ran without a sandbox: then the result proves nothing.
    """

    student: str
    week: str
    notebooks: tuple[NotebookResult, ...]
    message: str = ""
    fingerprint: str = ""
    seconds: float = 0.0
    unsafe: bool = False

    @property
    def points(self) -> float:
        """What the week is worth."""
        return sum(notebook.points for notebook in self.notebooks)

    @property
    def earned(self) -> float:
        """What the hand-in gave."""
        return round(sum(notebook.earned for notebook in self.notebooks), 2)

    @property
    def graded(self) -> bool:
        """Whether at least one notebook was executed and scored."""
        untouched = (Outcome.MISSING, Outcome.REFUSED)
        return any(notebook.outcome not in untouched for notebook in self.notebooks)

    @property
    def status(self) -> str:
        """One line for the grader: what happened to this hand-in."""
        if self.message:
            return self.message
        problems = [f"{n.message}" for n in self.notebooks if n.message]
        repairs = sum(len(notebook.repairs) for notebook in self.notebooks)
        parts = ["graded"] if self.graded else []
        if repairs and self.graded:
            parts[0] += f", {repairs} repair{'s' if repairs > 1 else ''}"
        if self.unsafe and self.graded:
            parts[0] += ", UNSAFE (no sandbox)"
        return "; ".join(parts + problems)


def to_json(result: HandInResult) -> str:
    """Write a result as JSON text; :func:`from_json` reads it back."""
    return json.dumps(asdict(result), indent=1, ensure_ascii=False)


def from_json(text: str) -> HandInResult:
    """Read a result back from JSON text.

    Raises:
        ValueError: If the text is not a result that :func:`to_json` wrote.
    """
    try:
        return _hand_in(json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a grading result: {error!r}") from error


def _hand_in(data: dict[str, Any]) -> HandInResult:
    return HandInResult(**{**data, "notebooks": tuple(map(_notebook, data["notebooks"]))})


def _notebook(data: dict[str, Any]) -> NotebookResult:
    return NotebookResult(
        **{
            **data,
            "outcome": Outcome(data["outcome"]),
            "exercises": tuple(map(exercise_from_dict, data["exercises"])),
            "repairs": tuple(data["repairs"]),
        }
    )


def exercise_from_dict(data: dict[str, Any]) -> ExerciseResult:
    """Rebuild an exercise's result from the plain data that ``dataclasses.asdict`` made of it.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: If the data are something else.
    """
    checks = tuple(_check(check) for check in data["checks"])
    return ExerciseResult(**{**data, "outcome": Outcome(data["outcome"]), "checks": checks})


def _check(data: dict[str, Any]) -> CheckResult:
    return CheckResult(**{**data, "outcome": Outcome(data["outcome"])})


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old file or the new one, never half of it.

    Args:
        path: The file; its folder is made where it is missing.
        text: Its contents, written as UTF-8.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

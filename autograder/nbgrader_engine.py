"""Executes and scores rebuilt notebooks with nbgrader's own library, and keeps its gradebook.

One long-lived process: importing nbgrader takes longer than grading a small notebook. The hand-in's
code runs in a bubblewrap sandbox where the machine has one; elsewhere it can do on this machine
whatever the grader's own account can do. Either way its checks run in its own process.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # nbgrader's models make newer SQLAlchemy versions warn
    from nbgrader.api import Gradebook, MissingEntry
    from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearOutput,
        ComputeChecksums,
        DeduplicateIds,
        LockCells,
        OverwriteCells,
        OverwriteKernelspec,
        SaveAutoGrades,
        SaveCells,
    )

from autograder.course import Course, CourseError
from autograder.coursework import Week
from autograder.feedback import FeedbackExporter, feedback_steps
from autograder.nbgrader_steps import RESULT, CourseExecute, ScoreChecks
from autograder.rebuild import Rebuilt, rebuild
from autograder.results import NotebookResult
from autograder.source import CHECK_PREFIX

# What nbgrader must not copy from folder to folder.
IGNORED_FILES = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    ".pytest_cache",
    ".*",
    "*.py",
]

GRADE_STEPS = [CourseExecute, ScoreChecks, SaveAutoGrades, CheckCellMetadata]
SANITIZE_STEPS = [ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells]


@dataclass(frozen=True)
class Limits:
    """What one notebook of a hand-in may use.

    Attributes:
        cell_seconds: Wall time of one cell of the course.
        own_seconds: Wall time of all cells that the learner added.
        notebook_seconds: Wall time of the whole notebook.
    """

    cell_seconds: int = 60
    own_seconds: int = 60
    notebook_seconds: int = 600


class Engine(Protocol):
    """Executes and scores the notebooks of one hand-in, and keeps the results."""

    def prepare(self) -> None:
        """Make everything ready that all hand-ins of the week share."""

    def grade(self, student: str, notebooks: Sequence[Rebuilt]) -> dict[str, NotebookResult]:
        """Execute and score a student's notebooks; return their results by name."""

    def write_feedback(self, student: str) -> None:
        """Write what the student gets to read."""

    def scores(self, week: str | None = None) -> dict[str, dict[str, float]]:
        """Return points by student and exercise, with what a person changed by hand.

        Args:
            week: Another week in the same gradebook; by default the one that is graded.
        """


class NbGraderEngine:
    """The engine that drives nbgrader's autograde, gradebook and feedback.

    Args:
        output: Where results go: ``submitted``, ``autograded``, ``feedback``, ``gradebook.db``.
        week: The week to grade.
        course: The course; kernels import its helpers.
        limits: What a notebook may use.
        seed: Becomes ``COURSE_CHECKS_SEED``.
        sandboxed: Whether kernels run in bubblewrap, which must work on this machine then.
    """

    def __init__(
        self,
        output: Path,
        week: Week,
        course: Course,
        limits: Limits | None = None,
        seed: str | None = None,
        sandboxed: bool = False,
    ) -> None:
        self.sandboxed = sandboxed
        self.output, self.week, self.course = output.resolve(), week, course.root.resolve()
        self.limits = limits or Limits()
        self.seed = seed or f"graded/{week.name}"
        self.gradebook = self.output / "gradebook.db"
        if set("*?[]{}") & set(str(self.output)):
            raise CourseError(
                f"nbgrader cannot write into {str(output)!r}: choose a folder without * ? [ ] {{ }}"
            )
        self._log = _log_file(self.output / "grading.log")

    def prepare(self) -> None:
        """Enter the week's exercises into the gradebook, and make it where there is none.

        Raises:
            CourseError: If the gradebook holds results for other exercises of this week.
        """
        shutil.rmtree(self.output / ".work", ignore_errors=True)
        source = self.output / ".work" / "source" / self.week.name
        for notebook in self.week.notebooks:
            _write(source / f"{notebook.name}.ipynb", rebuild(notebook, ()).node)
        part = self.output / "gradebook.db.part"
        part.unlink(missing_ok=True)
        new = not self.gradebook.exists()
        # A gradebook that was only begun must not stay behind under its own name.
        with _quiet(), _own_tools_first():
            self._enter_week(part if new else self.gradebook)
        if new:
            part.replace(self.gradebook)
        shutil.rmtree(self.output / ".work")

    def grade(self, student: str, notebooks: Sequence[Rebuilt]) -> dict[str, NotebookResult]:
        """Execute and score a student's notebooks; return their results by name.

        What was there of this student and week is replaced. Without notebooks the student is
        entered into the gradebook with nothing.
        """
        folders = {
            step: self.output / step / student / self.week.name
            for step in ("submitted", "autograded", "feedback")
        }
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)
        for rebuilt in notebooks:
            _write(folders["submitted"] / f"{rebuilt.notebook.name}.ipynb", rebuilt.node)
        with _quiet():
            if not notebooks:
                self._enter_nothing(student)
                return {}
            converter = _Autograde(**self._arguments(student, self.gradebook))
            converter.start()
        return converter.results

    def write_feedback(self, student: str) -> None:
        """Write a page of feedback for each graded notebook of the student."""
        with _quiet():
            GenerateFeedback(**self._arguments(student, self.gradebook)).start()

    def scores(self, week: str | None = None) -> dict[str, dict[str, float]]:
        """Return points by student and exercise, with what a person changed by hand.

        Args:
            week: Another week in the same gradebook; by default the one that is graded.
        """
        with _quiet(), Gradebook(f"sqlite:///{self.gradebook}") as gradebook:
            return {
                submission.student.id: {
                    grade.name.removeprefix(CHECK_PREFIX): float(grade.score)
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(week or self.week.name)
            }

    def _enter_week(self, database: Path) -> None:
        arguments = self._arguments("*", database)
        try:
            GenerateAssignment(**arguments).start()
        except Exception as error:
            raise CourseError(
                "the week's exercises could not be entered into the gradebook; if they changed "
                "since hand-ins were graded into this folder, grade into a new one (--output). "
                "Details stand in grading.log"
            ) from error

    def _enter_nothing(self, student: str) -> None:
        with Gradebook(f"sqlite:///{self.gradebook}") as gradebook:
            gradebook.update_or_create_student(student)
            with suppress(MissingEntry):
                gradebook.remove_submission(self.week.name, student)
            submission = gradebook.update_or_create_submission(self.week.name, student)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.commit()

    def _arguments(self, student: str, database: Path) -> dict[str, Any]:
        config = self._config(student, database)
        return {
            "coursedir": CourseDirectory(config=config, log=self._log),
            "config": config,
            "log": self._log,
        }

    def _config(self, student: str, database: Path) -> Config:
        config = Config()
        directory = config.CourseDirectory
        directory.root = str(self.output)
        directory.source_directory = str(Path(".work") / "source")
        directory.release_directory = str(Path(".work") / "release")
        directory.db_url = f"sqlite:///{database}"
        directory.assignment_id = self.week.name
        directory.student_id = student
        directory.ignore = IGNORED_FILES
        config.GenerateAssignment.force = True
        config.GenerateAssignment.preprocessors = [
            LockCells,
            CheckCellMetadata,
            ComputeChecksums,
            SaveCells,
        ]
        config.Autograde.force = True
        config.Autograde.sanitize_preprocessors = [*SANITIZE_STEPS, CheckCellMetadata]
        config.Autograde.autograde_preprocessors = GRADE_STEPS
        config.Autograde.permissions = 644
        execute = config.CourseExecute
        execute.cell_seconds = self.limits.cell_seconds
        execute.own_seconds = self.limits.own_seconds
        execute.notebook_seconds = self.limits.notebook_seconds
        execute.sandboxed = self.sandboxed
        execute.seed = self.seed
        execute.course = str(self.course)
        config.GenerateFeedback.force = True
        config.GenerateFeedback.preprocessors = feedback_steps()
        config.GenerateFeedback.exporter_class = FeedbackExporter
        config.FeedbackExporter.machine_paths = [str(self.course), str(self.output)]
        return config


class _Autograde(Autograde):
    """nbgrader's Autograde, which also hands out the results that our steps worked out."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.results: dict[str, NotebookResult] = {}

    def write_single_notebook(self, output: str, resources: Any) -> None:
        super().write_single_notebook(output, resources)
        if resources.get(RESULT):
            self.results[resources["unique_key"]] = resources[RESULT]


def _write(path: Path, node: NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)


def _log_file(path: Path) -> logging.Logger:
    """Return a logger that writes what nbgrader says into a file, and nowhere else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    log = logging.getLogger(f"autograder.nbgrader.{path}")
    log.propagate = False
    log.setLevel(logging.INFO)
    if not log.handlers:
        handler = logging.FileHandler(path, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
    return log


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _own_tools_first() -> Iterator[None]:
    """Put this Python's folder on PATH: nbgrader calls ``alembic`` by its bare name."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before

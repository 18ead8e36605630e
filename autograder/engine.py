"""Grades rebuilt notebooks and keeps nbgrader's gradebook.

Every notebook is examined by :class:`autograder.examination.Examination`: the learner's code in one
sandbox, the checks in another. nbgrader's own library then enters the points into its gradebook and
calls for the feedback, in one long-lived process: importing it takes longer than grading.
"""

from __future__ import annotations

import copy
import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
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
from autograder.coursework import CellKind, Week
from autograder.examination import Examination, Step, forbidden_packages
from autograder.examiner_process import ExaminerServer
from autograder.feedback import FeedbackExporter, feedback_steps
from autograder.harmless import MakeHarmless
from autograder.nbgrader_steps import InsertExamined, fill_in, summarise
from autograder.rebuild import NOTES, Rebuilt, rebuild
from autograder.results import NotebookResult
from autograder.sandbox import Sandbox
from autograder.source import CHECK_PREFIX
from autograder.student_process import StudentLimits, StudentProcess

# What nbgrader must not copy from folder to folder.
IGNORED_FILES = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    ".pytest_cache",
    ".*",
    "*.py",
]

# Last, when points and checksums are taken: nothing of the hand-in may run in formgrader's pages.
GRADE_STEPS = [InsertExamined, SaveAutoGrades, CheckCellMetadata, MakeHarmless]
SANITIZE_STEPS = [ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells]


@dataclass(frozen=True)
class Limits:
    """What one notebook of a hand-in may use.

    Attributes:
        cell_seconds: Wall time of one cell of the course.
        call_seconds: Wall time of one call that a check makes.
        own_seconds: Wall time of all cells that the learner added.
        notebook_seconds: Wall time of the whole notebook, checks included.
        process: Everything else that the learner's process may use.
    """

    cell_seconds: float = 60
    call_seconds: float = 30
    own_seconds: float = 60
    notebook_seconds: float = 600
    process: StudentLimits = field(default_factory=StudentLimits)

    @property
    def student(self) -> StudentLimits:
        """The limits of the learner's process."""
        return replace(
            self.process,
            cell_seconds=self.cell_seconds,
            call_seconds=min(self.call_seconds, self.cell_seconds),
            notebook_seconds=self.notebook_seconds,
        )


class Engine(Protocol):
    """Grades the notebooks of one hand-in, and keeps the results."""

    def prepare(self) -> None:
        """Make everything ready that all hand-ins of the week share."""

    def grade(self, student: str, notebooks: Sequence[Rebuilt]) -> dict[str, NotebookResult]:
        """Grade a student's notebooks; return their results by name."""

    def write_feedback(self, student: str) -> None:
        """Write what the student gets to read."""

    def scores(self, week: str | None = None) -> dict[str, dict[str, float]]:
        """Return points by student and exercise, with what a person changed by hand.

        Args:
            week: Another week in the same gradebook; by default the one that is graded.
        """


class ExaminedEngine:
    """The engine that examines notebooks and keeps them in nbgrader's gradebook.

    Args:
        output: Where results go: ``submitted``, ``autograded``, ``feedback``, ``gradebook.db``.
        week: The week to grade.
        course: The course; kernels import its helpers.
        limits: What a notebook may use.
        seed: Becomes ``COURSE_CHECKS_SEED``.
        sandbox: Where learners' code and the examiner run; None runs both with the grader's own
            rights.
    """

    def __init__(
        self,
        output: Path,
        week: Week,
        course: Course,
        limits: Limits | None = None,
        seed: str | None = None,
        sandbox: Sandbox | None = None,
    ) -> None:
        self._sandbox = sandbox
        self.output, self.week, self.course = output.resolve(), week, course.root.resolve()
        self.limits = limits or Limits()
        self.seed = seed or f"graded/{week.name}"
        self.gradebook = self.output / "gradebook.db"
        if set("*?[]{}") & set(str(self.output)):
            raise CourseError(
                f"nbgrader cannot write into {str(output)!r}: choose a folder without * ? [ ] {{ }}"
            )
        self._log = _log_file(self.output / "grading.log")
        setups = (c.text for n in week.notebooks for c in n.cells if c.kind is CellKind.SETUP)
        heavy = any("keras" in text for text in setups)
        self._examiners = ExaminerServer(sandbox, heavy)
        self._references = {n.name: self._read_reference(n.name) for n in week.notebooks}

    def close(self) -> None:
        """End the processes that the engine keeps."""
        self._examiners.close()

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
        """Grade a student's notebooks; return their results by name.

        What was there of this student and week is replaced. Without notebooks the student is
        entered into the gradebook with nothing.
        """
        folders = {
            step: self.output / step / student / self.week.name
            for step in ("submitted", "autograded", "feedback")
        }
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)
        nodes, results = {}, {}
        for rebuilt in notebooks:
            name = rebuilt.notebook.name
            _write(folders["submitted"] / f"{name}.ipynb", rebuilt.node)
            nodes[name], results[name] = self._examine(student, rebuilt)
        with _quiet():
            if not notebooks:
                self._enter_nothing(student)
                return {}
            arguments = self._arguments(student, self.gradebook)
            arguments["config"].InsertExamined.notebooks = nodes
            Autograde(**arguments).start()
        return results

    def _examine(self, student: str, rebuilt: Rebuilt) -> tuple[NotebookNode, NotebookResult]:
        """Run a notebook's cells and checks; return it with its outputs, and its result."""
        node = copy.deepcopy(rebuilt.node)
        steps = list(_steps(rebuilt))
        forbidden = forbidden_packages(s.text for s in steps if s.kind is CellKind.CHECK)
        examined = Examination(
            steps,
            self._references[rebuilt.notebook.name],
            lambda: StudentProcess(
                self._sandbox,
                self.limits.student,
                forbidden,
                unsafe=self._sandbox is None,
                environment={"COURSE_QUICK": "1"},
            ),
            self._examiners.new,
            seed=self.seed,
            seconds=self.limits.notebook_seconds,
            own_seconds=self.limits.own_seconds,
        ).run()
        for problem in examined.problems:
            self._log.error("%s, %s: %s", student, rebuilt.notebook.name, problem)
        fill_in(node, examined)
        return node, summarise(node, examined)

    def _read_reference(self, name: str) -> list[str]:
        """Return the reference's exercise cells; only the names that they define are of use."""
        path = self.course / "solutions" / self.week.name / f"{name}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        return [c.source for c in cells if c.metadata.get("nbgrader", {}).get("solution")]

    def write_feedback(self, student: str) -> None:
        """Write a page of feedback for each graded notebook of the student."""
        with _quiet():
            GenerateFeedback(**self._arguments(student, self.gradebook)).start()

    def scores(self, week: str | None = None) -> dict[str, dict[str, float]]:
        """Return points by student and exercise, with what a person changed by hand.

        Args:
            week: Another week in the same gradebook; by default the one that is graded.
        """
        return read_scores(self.gradebook, week or self.week.name)

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
        config.GenerateFeedback.force = True
        config.GenerateFeedback.preprocessors = feedback_steps()
        config.GenerateFeedback.exporter_class = FeedbackExporter
        config.FeedbackExporter.machine_paths = [str(self.course), str(self.output)]
        return config


def read_scores(path: Path, week: str) -> dict[str, dict[str, float]]:
    """Return points by student and exercise from a gradebook, with what was changed by hand.

    Args:
        path: The gradebook.
        week: The week.
    """
    with _quiet(), Gradebook(f"sqlite:///{path}") as gradebook:
        return {
            submission.student.id: {
                grade.name.removeprefix(CHECK_PREFIX): float(grade.score)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(week)
        }


def _steps(rebuilt: Rebuilt) -> Iterator[Step]:
    """Return the cells that grading goes through, with the course's text of every check."""
    course = rebuilt.notebook.by_grade_id
    for cell in rebuilt.node.cells:
        kind = CellKind(cell.metadata.get(NOTES, {}).get("kind", CellKind.PLAIN))
        if cell.cell_type != "code" or kind is CellKind.PLAIN or not cell.source.strip():
            continue
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        known = course.get(grade_id)
        # The course's own text, whatever became of it on its way through the hand-in.
        trusted = known is not None and kind is not CellKind.EXERCISE
        yield Step(
            kind=kind,
            cell_id=cell.id,
            text=known.text if known is not None and trusted else cell.source,
            exercise=known.exercise if known is not None and kind is not CellKind.SETUP else "",
            points=known.points if known is not None and kind is CellKind.CHECK else 0.0,
        )


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

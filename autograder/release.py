"""Makes the learners' versions through nbgrader's own ``generate_assignment``."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor, SaveCells
from traitlets.config import Config, PyFileConfigLoader

from autograder.course import Course, CourseError


class NameExercise(ClearSolutions):
    """Clears solutions and leaves a line that says which exercise is to be done."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Replace a cell's solution regions by an error that names the exercise."""
        exercise = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        self.code_stub = {"python": stub(exercise)}
        return super().preprocess_cell(cell, resources, cell_index)


class DropExecution(NbGraderPreprocessor):
    """Removes what is true of the executed solution only."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Remove the execution's hash and times from the notebook's metadata."""
        nb.metadata.pop("course", None)
        return nb, resources


def stub(exercise: str) -> str:
    """Return the line that stands in a learner's version in place of a solution."""
    return f'raise NotImplementedError("Exercise {exercise} is still to be done.")'


def load_config(course: Course) -> Config:
    """Read the course's one nbgrader configuration.

    Args:
        course: The course.

    Returns:
        What ``nbgrader_config.py`` sets.

    Raises:
        CourseError: If the file is not there.
    """
    path = course.root / "nbgrader_config.py"
    if not path.is_file():
        raise CourseError(f"{path} is missing: restore it from the repository")
    return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()


def generate_release(course: Course, week: str, solutions: Path, target: Path) -> list[Path]:
    """Make the learners' versions of a week.

    nbgrader works in a temporary course with a gradebook of its own, so that a build changes
    nothing but ``target``.

    Args:
        course: The course, for its configuration.
        week: The week's folder name, nbgrader's assignment id.
        solutions: A folder that holds the week's executed notebooks.
        target: Where the learners' versions go; created where needed.

    Returns:
        The files written, sorted.

    Raises:
        CourseError: If nbgrader refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        config = load_config(course)
        config.CourseDirectory.root = str(root)
        # Grading fills the gradebook; a release needs none.
        config.GenerateAssignment.no_database = True
        steps = config.GenerateAssignment.preprocessors
        config.GenerateAssignment.preprocessors = [s for s in steps if s is not SaveCells]
        directory = CourseDirectory(config=config)
        source = root / directory.source_directory / week
        source.mkdir(parents=True)
        for path in solutions.glob("*.ipynb"):
            shutil.copy(path, source)
        released = _generate(directory, config, week)
        target.mkdir(parents=True, exist_ok=True)
        written = []
        for path in sorted(released.glob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            written.append(target / path.name)
            write_notebook(notebook, written[-1])
        return written


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook atomically and always in the same form.

    Args:
        notebook: The notebook.
        path: Where it goes.
    """
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    partial = path.with_suffix(".partial")
    partial.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8", newline="\n")
    partial.replace(path)


def _generate(directory: CourseDirectory, config: Config, week: str) -> Path:
    result = NbGraderAPI(directory, config=config).generate_assignment(week, force=True)
    if not result["success"]:
        reason = result.get("error") or result.get("log") or "no reason given"
        raise CourseError(f"nbgrader could not make the learners' version of {week}:\n{reason}")
    return Path(directory.format_path(directory.release_directory, ".", week))

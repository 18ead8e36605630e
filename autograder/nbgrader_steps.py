"""Puts what grading found into a notebook, in a form that nbgrader scores as we did.

nbgrader reads a check cell's outputs: any text on stderr and any error costs all points, silence
gives them all. So every check cell ends with exactly one number, its points, and all other text in
it is plain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict

from autograder.coursework import CellKind
from autograder.examination import CellEnd, Examined
from autograder.rebuild import NOTES
from autograder.results import ExerciseResult, NotebookResult, Outcome
from autograder.source import CHECK_PREFIX
from utils.checks import CheckResult, Report, as_text
from utils.checks import Outcome as CheckOutcome


class InsertExamined(NbGraderPreprocessor):
    """Takes the place of nbgrader's ``Execute``: the notebook was examined already."""

    notebooks = Dict(help="Examined notebooks by name.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the examined notebook in place of the one that was handed in."""
        return self.notebooks[resources["unique_key"]], resources


def fill_in(node: NotebookNode, examined: Examined) -> None:
    """Write outputs and results into a rebuilt notebook, in place.

    Args:
        node: The notebook; ``metadata.course.kind`` of a cell says what it is.
        examined: What grading found.
    """
    results = {result.exercise: result for result in examined.exercises}
    count = 0
    for cell in node.cells:
        kind = cell.metadata.get(NOTES, {}).get("kind")
        if kind == CellKind.CHECK:
            count += 1
            result = results[cell.metadata.nbgrader["grade_id"].removeprefix(CHECK_PREFIX)]
            cell.metadata[NOTES]["result"] = asdict(result)
            cell.execution_count = count
            cell.outputs = _check_outputs(result, count)
        elif cell.cell_type == "code" and cell.id in examined.cells:
            count += 1
            cell.execution_count = count
            cell.outputs = _cell_outputs(examined.cells[cell.id])


def summarise(node: NotebookNode, examined: Examined) -> NotebookResult:
    """Make a notebook's result out of what grading found."""
    notes = node.metadata[NOTES]
    sentences = {
        Outcome.TIMEOUT: "a time limit was reached",
        Outcome.MEMORY: "the memory limit was reached",
        Outcome.KILLED: "the process ended",
    }
    sentence = sentences.get(examined.outcome, "")
    return NotebookResult(
        notebook=notes["notebook"],
        outcome=examined.outcome,
        exercises=examined.exercises,
        message=f"{notes['notebook']}: {sentence}" if sentence else "",
        repairs=tuple(notes["repairs"]),
    )


def _check_outputs(result: ExerciseResult, count: int) -> list[NotebookNode]:
    table = as_text(_as_report(result))
    return [
        new_output("display_data", {"text/plain": table}),
        new_output("execute_result", {"text/plain": f"{result.earned!r}"}, execution_count=count),
    ]


def _cell_outputs(end: CellEnd) -> list[NotebookNode]:
    """Return what a learner's cell wrote and raised; stderr comes as plain text, to be read."""
    outputs = []
    if end.run is not None and end.run.output:
        outputs.append(new_output("stream", name="stdout", text=end.run.output))
    if end.run is not None and end.run.error is not None:
        error = end.run.error
        lines: Sequence[str] = [*error.lines, f"{error.type_name}: {error.text}"]
        outputs.append(
            new_output("error", ename=error.type_name, evalue=error.text, traceback=list(lines))
        )
    if end.sentence:
        outputs.append(new_output("stream", name="stdout", text=f"[{end.sentence}]\n"))
    return outputs


def _as_report(result: ExerciseResult) -> Report:
    checks = tuple(
        CheckResult(c.name, CheckOutcome(c.outcome), c.message, c.hint, c.weight, c.hidden)
        for c in result.checks
    )
    return Report(result.exercise, result.points, result.earned, checks)

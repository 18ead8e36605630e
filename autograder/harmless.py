"""Makes a graded notebook safe to be looked at.

nbgrader's formgrader and other viewers show a notebook's Markdown and its HTML, SVG and JavaScript
outputs as they are, in the grader's own browser session. What a hand-in brings must not run there:
its Markdown is shown as plain text, and of its outputs only text and pictures in pixels remain.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.coursework import CellKind
from autograder.rebuild import NOTES

PICTURES = ("image/png", "image/jpeg")
# Where the learner's own Markdown is kept, in a cell's notes; nothing displays those.
ORIGINAL = "original"

# What a rebuilt notebook and its cells carry; a viewer may act on other keys.
_NOTEBOOK_KEYS = ("kernelspec", "language_info", NOTES)
_CELL_KEYS = ("nbgrader", "tags", "deletable", "editable", NOTES)
_COURSE_TEXT = (CellKind.PLAIN, CellKind.SETUP, CellKind.CHECK)


def harmless(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook in which nothing that a hand-in brought can run in a browser.

    Args:
        notebook: A rebuilt notebook, executed or not. ``metadata.course.kind`` of a cell says
            whose text it holds; without it the text counts as the learner's.

    Returns:
        The copy. Calling it again changes nothing. :func:`original_text` gives a Markdown cell's
        text as it was before.
    """
    cells = [_cell(cell) for cell in notebook.cells]
    copy = new_notebook(cells=cells, metadata=_kept(notebook.metadata, _NOTEBOOK_KEYS))
    copy.nbformat_minor = notebook.get("nbformat_minor", copy.nbformat_minor)
    return copy


class MakeHarmless(NbGraderPreprocessor):
    """The last step of grading, in nbgrader's chain: :func:`harmless`."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the harmless notebook; the resources stay as they are."""
        return harmless(nb), resources


def original_text(cell: NotebookNode) -> str:
    """Return what the learner wrote into a Markdown cell."""
    return str(cell.metadata.get(NOTES, {}).get(ORIGINAL, cell.source))


def fenced(text: str) -> str:
    """Return Markdown that shows a text as it is, whatever it holds."""
    # A form feed or a lone carriage return would be a line's end to one reader and not to another.
    lines = "\n".join(_control_free(line) for line in text.splitlines())
    longest = max((len(run) for run in re.findall(r"`+", lines)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{lines}\n{fence}"


def picture(data: Any) -> str:
    """Return base64 text that is nothing but base64; empty where it is something else."""
    if not isinstance(data, str):
        return ""
    try:
        return base64.b64encode(base64.b64decode("".join(data.split()), validate=True)).decode()
    except (binascii.Error, ValueError):
        return ""


def _kept(metadata: NotebookNode, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: metadata[key] for key in keys if key in metadata}


def _cell(cell: NotebookNode) -> NotebookNode:
    copy = NotebookNode(cell)
    copy.metadata = NotebookNode(_kept(cell.metadata, _CELL_KEYS))
    copy.pop("attachments", None)  # the course has none; a learner's may be SVG
    if cell.cell_type == "code":
        copy.outputs = [_output(output) for output in cell.outputs]
    elif not _is_courses(cell):
        text = original_text(cell)
        copy.metadata[NOTES] = {**cell.metadata.get(NOTES, {}), ORIGINAL: text}
        copy.cell_type, copy.source = "markdown", fenced(text)
    return copy


def _is_courses(cell: NotebookNode) -> bool:
    return cell.metadata.get(NOTES, {}).get("kind") in {str(kind) for kind in _COURSE_TEXT}


def _output(output: NotebookNode) -> NotebookNode:
    """Return an output as text, or as text with a picture in pixels."""
    if output.output_type == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_text(output.get("text")))
    if output.output_type == "error":
        lines = [_text(line) for line in output.get("traceback", [])]
        ename, evalue = _text(output.get("ename")), _text(output.get("evalue"))
        return new_output("error", ename=ename, evalue=evalue, traceback=lines)
    given = output.get("data", {})
    data = {"text/plain": _text(given.get("text/plain", ""))}
    data |= {kind: picture(given[kind]) for kind in PICTURES if picture(given.get(kind))}
    if output.output_type == "execute_result":
        count = output.get("execution_count")
        return new_output("execute_result", data, execution_count=count)
    return new_output("display_data", data)


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _control_free(line: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in line)

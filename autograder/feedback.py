"""The page of feedback that a learner gets for a notebook.

nbgrader's ``generate_feedback`` calls :class:`FeedbackExporter`. The page is written from what
grading found, piece by piece and escaped, not from the notebook's HTML: so nothing that a hand-in
brings runs in a reader's browser, and hidden checks show their name and hint alone. Of a check cell
it shows the visible code and the table; what the cell printed is left out, since learners' code
runs there on hidden cases.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import bleach
from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets import List, Unicode

from autograder.coursework import CellKind, strip_hidden
from autograder.harmless import PICTURES, original_text, picture
from autograder.rebuild import NOTES
from autograder.results import CheckResult, ExerciseResult, Outcome, exercise_from_dict
from autograder.source import CHECK_PREFIX

_TAGS = [
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("em", "strong", "del", "br", "hr", "table", "thead", "tbody", "tr", "th", "td", "a"),
]
# Even if a script slipped through, a browser would not run it, nor load anything from elsewhere.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"
_SIGNS = {Outcome.PASSED: "✓", Outcome.MISSING: "○"}

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff; }
pre { background: #f5f5f5; padding: .6rem .8rem; overflow-x: auto; font-size: 14px; }
table { border-collapse: collapse; margin: .8rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem;
         border-bottom: 1px solid #d0d0d0; }
td.number { text-align: right; white-space: nowrap; }
.passed { color: #00674b; } .failed { color: #a63f00; } .missing { color: #555; }
.note { border-left: 4px solid #0072b2; padding: .2rem .9rem; background: #f2f8fc; }
img { max-width: 100%; }
"""


def feedback_steps() -> list[type]:
    """Return the steps before the page is written: points and comments from the gradebook."""
    return [GetGrades]


class FeedbackExporter(Exporter):
    """Writes one graded notebook as a page of feedback."""

    machine_paths = List(Unicode(), help="Folders whose names must not show.").tag(config=True)

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = None

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[str, ResourcesDict]:
        """Return the page for a graded notebook whose cells carry points and comments."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        page = "".join(_page(nb, resources["nbgrader"]))
        return redact(page, self.machine_paths), resources


def redact(text: str, folders: list[str]) -> str:
    """Take the names of the grader's folders out of a text.

    Args:
        text: Any text, a page or a traceback.
        folders: Folders of the course and of the results; those of Python, of the home and of
            temporary files are added.
    """
    known = [
        *folders,
        sysconfig.get_path("purelib"),
        sysconfig.get_path("stdlib"),
        sys.prefix,
        sys.base_prefix,
        str(Path.home()),
        tempfile.gettempdir(),
        str(Path.cwd()),
    ]
    everything = {path for name in known for path in (name, os.path.realpath(name))}
    for path in sorted(everything - {"/", ""}, key=len, reverse=True):
        text = re.sub(re.escape(escape(path)) + r"(?=[/\s:\"'<&]|$)", "…", text)
    return text


# The page ----------------------------------------------------------------------------------------


def _page(nb: NotebookNode, scores: dict[str, Any]) -> Iterator[str]:
    title = escape(str(scores["notebook"]))
    total = f"{scores['score']:g} of {scores['max_score']:g} points"
    yield "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield "<meta name='viewport' content='width=device-width'>"
    yield f"<title>{title}: feedback</title>"
    yield f"<style>{_STYLE}{HtmlFormatter().get_style_defs('.code')}</style></head><body>"
    yield f"<h1>{title}</h1><p><strong>{total}</strong></p>"
    yield from _repairs(nb.metadata.get(NOTES, {}).get("repairs", []))
    yield from _overview(nb)
    for index, cell in enumerate(nb.cells):
        yield from _cell(nb, index, cell)
    yield "</body></html>\n"


def _repairs(repairs: list[str]) -> Iterator[str]:
    if repairs:
        items = "".join(f"<li>{escape(str(repair))}</li>" for repair in repairs)
        yield f"<div class='note'><p>Put right before grading:</p><ul>{items}</ul></div>"


def _overview(nb: NotebookNode) -> Iterator[str]:
    yield "<table><thead><tr><th>Exercise</th><th>Points</th></tr></thead><tbody>"
    for cell in nb.cells:
        nbgrader = cell.metadata.get("nbgrader") or {}
        if nbgrader.get("grade"):
            name = escape(nbgrader["grade_id"].removeprefix(CHECK_PREFIX))
            points = f"{nbgrader['score']:g} of {nbgrader['points']:g}"
            yield f"<tr><td><a href='#{name}'>{name}</a></td><td class='number'>{points}</td></tr>"
    yield "</tbody></table>"


def _cell(nb: NotebookNode, index: int, cell: NotebookNode) -> Iterator[str]:
    kind = cell.metadata.get(NOTES, {}).get("kind")
    if kind == CellKind.EXERCISE:
        yield from _answer(cell)
    elif kind == CellKind.CHECK:
        yield from _check_cell(cell)
    elif kind == CellKind.OWN and cell.cell_type == "code":
        yield "<h3>A cell of your own</h3>" + _code(cell.source)
        yield from map(_output, cell.outputs)
    elif kind == CellKind.OWN:
        yield f"<h3>A note of your own</h3>{_markdown(original_text(cell))}"


def _answer(cell: NotebookNode) -> Iterator[str]:
    name = escape(cell.metadata.nbgrader["grade_id"])
    yield f"<h2 id='{name}'>{name}</h2>"
    yield _code(cell.source) if cell.cell_type == "code" else _markdown(original_text(cell))
    yield from map(_output, cell.get("outputs", []))
    comment = cell.metadata.nbgrader.get("comment")
    if comment:
        yield f"<div class='note'><p>Comment:</p>{_markdown(comment)}</div>"


def _check_cell(cell: NotebookNode) -> Iterator[str]:
    result = _result(cell)
    if result is not None:
        yield checks_table(result)
    yield f"<details><summary>The visible checks</summary>{_code(strip_hidden(cell.source))}"
    yield "</details>"


def checks_table(result: ExerciseResult) -> str:
    """Lay out an exercise's checks as a table a learner may read: no hidden check's message."""
    words = f"{result.earned:g} of {result.points:g} points"
    head = f"<p><strong>{words}</strong> {escape(result.message)}</p>"
    if not result.checks:
        return head
    rows = "".join(_row(check) for check in result.checks)
    titles = "<thead><tr><th></th><th>Check</th><th>What to do</th></tr></thead>"
    return f"{head}<table>{titles}<tbody>{rows}</tbody></table>"


def _row(check: CheckResult) -> str:
    sign = _SIGNS.get(check.outcome, "✗")
    style = {"✓": "passed", "○": "missing"}.get(sign, "failed")
    lines = []
    if check.outcome is not Outcome.PASSED:
        hidden_text = check.hidden and check.outcome is not Outcome.MISSING
        lines.append("" if hidden_text else escape(check.message))
        lines.append(f"<em>Hint: {escape(check.hint)}</em>" if check.hint else "")
    advice = "<br>".join(line for line in lines if line)
    return (
        f"<tr><td class='{style}' title='{check.outcome}'>{sign}</td>"
        f"<td>{escape(check.name)}</td><td>{advice}</td></tr>"
    )


# Pieces ------------------------------------------------------------------------------------------


def _result(cell: NotebookNode) -> ExerciseResult | None:
    """Return what grading noted in a check cell; None where the notes are not ours."""
    try:
        return exercise_from_dict(cell.metadata[NOTES]["result"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _code(text: str) -> str:
    return highlight(text, PythonLexer(), HtmlFormatter(cssclass="code"))


def _markdown(text: str) -> str:
    """Render Markdown; of its HTML only harmless tags remain."""
    html = markdown2html_mistune(text)
    return bleach.clean(html, tags=_TAGS, attributes={"a": ["href"]}, strip=True)


def _output(output: NotebookNode) -> str:
    """Show an output as text or as a picture, never as the HTML that it brings."""
    if output.output_type == "stream":
        return _text(output.text)
    if output.output_type == "error":
        return _text("\n".join(output.traceback))
    for kind in PICTURES:
        pixels = picture(output.data.get(kind))
        if pixels:
            alt = escape(str(output.data.get("text/plain", "picture"))[:200])
            return f"<p><img src='data:{kind};base64,{pixels}' alt='{alt}'></p>"
    return _text(str(output.data.get("text/plain", "")))


def _text(text: str) -> str:
    return f"<pre>{escape(strip_ansi(text))}</pre>" if text.strip() else ""

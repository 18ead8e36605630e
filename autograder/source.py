"""Reads a lesson's source: a Python file in percent format, checked before anything is built.

A cell's header says what the cell is::

    # %% [markdown]                          words
    # %% tags=["setup"]                      imports, data, constants; runs on both sides in grading
    # %% exercise="conv_forward"             the learner's cell
    # %% check="conv_forward" points=10      its checks
    # %%                                     anything else: demonstrations, training, plots

Every mistake an author can make is found here and told as one line with file and line number.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CHECK_PREFIX = "check_"

_ID = re.compile(r"[a-z][a-z0-9_]{0,50}")
_HEADER = re.compile(r"#\s*%%")
_KNOWN_KEYS = {"exercise", "check", "points", "tags"}
# jupytext's notes on blank lines between cells.
_JUPYTEXT_KEYS = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}
_KERNEL_NAMES = {"__name__", "display", "get_ipython"}


class SourceError(Exception):
    """A mistake in a lesson's source, told as ``file:line: what to do``."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


class CellKind(StrEnum):
    """What a cell of the source is for."""

    MARKDOWN = "markdown"
    SETUP = "setup"
    EXERCISE = "exercise"
    CHECK = "check"
    COURSE = "course"


@dataclass(frozen=True)
class SourceCell:
    """One cell of the source.

    Attributes:
        kind: What it is for.
        text: Its text, without the header.
        line: The line of its header in the file, from 1.
        exercise: The exercise's id, for an exercise and its check; else empty.
        points: What the exercise is worth, for a check; else 0.
        tags: Its Jupyter tags.
        hidden: The number of hidden checks, for a check; else 0.
        visible: The number of visible checks, for a check; else 0.
    """

    kind: CellKind
    text: str
    line: int
    exercise: str = ""
    points: int = 0
    tags: tuple[str, ...] = ()
    hidden: int = 0
    visible: int = 0


@dataclass(frozen=True)
class SourceNotebook:
    """A lesson's source, valid in itself."""

    path: Path
    cells: tuple[SourceCell, ...]

    @property
    def name(self) -> str:
        """The notebook's name, without ending."""
        return self.path.stem

    @property
    def week(self) -> str:
        """The folder it lies in: nbgrader's assignment id."""
        return self.path.parent.name

    @property
    def uses_keras(self) -> bool:
        """Whether its setup cells import Keras."""
        return any("import keras" in cell.text for cell in self.of_kind(CellKind.SETUP))

    def of_kind(self, kind: CellKind) -> tuple[SourceCell, ...]:
        """Return the cells of one kind, in order."""
        return tuple(cell for cell in self.cells if cell.kind is kind)


def read_source(path: Path) -> SourceNotebook:
    """Read and check one lesson's source.

    Args:
        path: A ``.py`` file in percent format.

    Returns:
        The notebook, with every rule of the module's checks kept.

    Raises:
        SourceError: At the first rule that is broken.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(path, 1, f"is not UTF-8 ({error.reason}): save it as UTF-8") from None
    cells = tuple(_read_cells(path, text))
    notebook = SourceNotebook(path, cells)
    _match_exercises_with_checks(notebook)
    _check_names(notebook)
    return notebook


def read_week(folder: Path) -> list[SourceNotebook]:
    """Read all lessons of a week, sorted by name.

    Args:
        folder: The week's folder in ``solutions/``.

    Returns:
        Its notebooks.

    Raises:
        SourceError: If a lesson is malformed, or an exercise's id stands twice in the week.
    """
    notebooks = [read_source(path) for path in sorted(folder.glob("*.py"))]
    seen: dict[str, Path] = {}
    for notebook in notebooks:
        for cell in notebook.of_kind(CellKind.EXERCISE):
            if cell.exercise in seen:
                raise SourceError(
                    notebook.path,
                    cell.line,
                    f'exercise="{cell.exercise}" stands in {seen[cell.exercise].name} too: '
                    "ids are unique in a week",
                )
            seen[cell.exercise] = notebook.path
    return notebooks


def to_notebook(source: SourceNotebook) -> NotebookNode:
    """Turn a source into a notebook with nbgrader's metadata (schema 3) and no outputs.

    Cell ids are stable: they follow from the exercise's id or from the cell's text, so that a
    cell that moves keeps its id and a hand-in's cells can be recognised.

    Args:
        source: The checked source.

    Returns:
        The notebook that nbgrader calls the source version.
    """
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = dict(KERNEL)
    notebook.metadata["language_info"] = {"name": "python"}
    taken: set[str] = set()
    for cell in source.cells:
        cell_id = _unique(_cell_id(cell), taken)
        if cell.kind is CellKind.MARKDOWN:
            node = nbformat.v4.new_markdown_cell(cell.text, id=cell_id)
        else:
            node = nbformat.v4.new_code_cell(_notebook_text(cell), id=cell_id)
        if cell.tags:
            node.metadata["tags"] = list(cell.tags)
        grader = _nbgrader_metadata(cell, cell_id)
        if grader:
            node.metadata["nbgrader"] = grader
        notebook.cells.append(node)
    return notebook


# Reading ------------------------------------------------------------------------------------------


def _read_cells(path: Path, text: str) -> Iterator[SourceCell]:
    lines = text.splitlines()
    headers = [number for number, line in enumerate(lines, 1) if _HEADER.match(line)]
    first = next((n for n, line in enumerate(lines, 1) if line.strip()), 1)
    if not headers or headers[0] != first:
        raise SourceError(path, first, "starts without a cell header: write `# %% [markdown]`")
    for number in headers:
        # jupytext would refuse the whole file, without a line.
        if re.search(r"\btags\s*=\s*[^\[\s]", lines[number - 1]):
            raise SourceError(path, number, 'has tags that are no list: write tags=["setup"]')
    nodes = jupytext.reads(text, fmt="py:percent").cells
    if len(nodes) != len(headers):
        raise SourceError(
            path, first, f"holds {len(headers)} headers and {len(nodes)} cells: is one in a string?"
        )
    for node, line in zip(nodes, headers, strict=True):
        yield _read_cell(path, node, line)


def _read_cell(path: Path, node: NotebookNode, line: int) -> SourceCell:
    metadata = {key: node.metadata[key] for key in node.metadata if key not in _JUPYTEXT_KEYS}
    if "incorrectly_encoded_metadata" in metadata:
        unreadable = metadata["incorrectly_encoded_metadata"]
        raise SourceError(path, line, f"has a header that cannot be read: {unreadable}")
    unknown = set(metadata) - _KNOWN_KEYS
    if unknown:
        names = ", ".join(sorted(unknown))
        raise SourceError(path, line, f"has an unknown key in its header: {names}")
    tags = metadata.get("tags", [])
    _check_markers(path, node.source, line)
    if node.cell_type == "markdown":
        return _plain_cell(path, node, line, tuple(tags), metadata)
    if "exercise" in metadata and "check" in metadata:
        raise SourceError(path, line, "is an exercise and a check: make two cells of it")
    _parse(path, node.source, line)
    if "exercise" in metadata:
        return _exercise_cell(path, node.source, line, metadata)
    if "check" in metadata:
        return _check_cell(path, node.source, line, metadata)
    return _plain_cell(path, node, line, tuple(tags), metadata)


def _plain_cell(
    path: Path, node: NotebookNode, line: int, tags: tuple[str, ...], metadata: dict
) -> SourceCell:
    if set(metadata) - {"tags"}:
        keys = ", ".join(sorted(set(metadata) - {"tags"}))
        raise SourceError(path, line, f"has {keys}= on a cell that is no exercise and no check")
    for marker in (BEGIN_SOLUTION, BEGIN_HIDDEN):
        if marker in node.source:
            raise SourceError(
                path,
                line + _line_of(node.source, marker),
                f"`{marker}` stands outside an exercise or a check: its text would be published",
            )
    if node.cell_type == "markdown":
        return SourceCell(CellKind.MARKDOWN, node.source, line, tags=tags)
    kind = CellKind.SETUP if "setup" in tags else CellKind.COURSE
    return SourceCell(kind, node.source, line, tags=tags)


def _exercise_cell(path: Path, text: str, line: int, metadata: dict) -> SourceCell:
    exercise = _read_id(path, line, metadata["exercise"], "exercise")
    if "points" in metadata:
        raise SourceError(path, line, "points= belongs in the header of the check")
    if BEGIN_SOLUTION not in text:
        raise SourceError(
            path, line, f'exercise="{exercise}" has no `{BEGIN_SOLUTION}`: nothing would be to do'
        )
    if BEGIN_HIDDEN in text:
        raise SourceError(path, line, f"`{BEGIN_HIDDEN}` belongs in a check")
    return SourceCell(CellKind.EXERCISE, text, line, exercise=exercise)


def _check_cell(path: Path, text: str, line: int, metadata: dict) -> SourceCell:
    exercise = _read_id(path, line, metadata["check"], "check")
    points = metadata.get("points")
    if isinstance(points, bool) or not isinstance(points, int) or points <= 0:
        raise SourceError(
            path, line, f'check="{exercise}" needs points=, a whole number above 0, got {points!r}'
        )
    if BEGIN_SOLUTION in text:
        raise SourceError(path, line, f"`{BEGIN_SOLUTION}` belongs in an exercise")
    visible, hidden = _check_blocks(path, text, line, exercise)
    return SourceCell(
        CellKind.CHECK,
        text,
        line,
        exercise=exercise,
        points=points,
        visible=visible,
        hidden=hidden,
    )


def _read_id(path: Path, line: int, value: object, key: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise SourceError(
            path, line, f"{key}={value!r} is no id: use lower-case letters, digits and _"
        )
    return value


def _parse(path: Path, text: str, line: int) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise SourceError(path, line + (error.lineno or 0), f"is no Python: {error.msg}") from None


def _line_of(text: str, marker: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if marker in line)


def _check_markers(path: Path, text: str, line: int) -> None:
    for begin, end in ((BEGIN_SOLUTION, END_SOLUTION), (BEGIN_HIDDEN, END_HIDDEN)):
        opened = 0
        for offset, content in enumerate(text.splitlines(), 1):
            if begin in content:
                if opened:
                    raise SourceError(path, line + offset, f"`{begin}` stands inside another")
                opened = line + offset
            elif end in content:
                if not opened:
                    raise SourceError(path, line + offset, f"`{end}` has no `{begin}` above it")
                opened = 0
        if opened:
            raise SourceError(path, opened, f"`{begin}` is not closed: write `{end}` below it")


# The rules of a check -----------------------------------------------------------------------------


def _check_blocks(path: Path, text: str, line: int, exercise: str) -> tuple[int, int]:
    """Check what a check cell holds; return its numbers of visible and hidden checks."""
    tree = _parse(path, text, line)
    _check_frame(path, tree, line, exercise)
    regions = _hidden_lines(text)
    visible = hidden = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.msg is None:
            raise SourceError(
                path, line + node.lineno, "has an assert without a message: say what is wrong"
            )
        if not isinstance(node, ast.With):
            continue
        for item in node.items:
            is_hidden = _opens_check(item.context_expr)
            if is_hidden is None:
                continue
            _check_block(path, line, item.context_expr, is_hidden, node.lineno in regions)
            hidden += is_hidden
            visible += not is_hidden
    if not visible or not hidden:
        raise SourceError(
            path, line, f'check="{exercise}" needs at least one visible and one hidden check'
        )
    return visible, hidden


def _check_frame(path: Path, tree: ast.Module, line: int, exercise: str) -> None:
    made = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Checks"
    ]
    right = len(made) == 1 and ast.unparse(made[0]) == f"Checks({exercise!r})"
    if not right:
        raise SourceError(
            path, line, f'check="{exercise}" must make exactly one Checks("{exercise}")'
        )
    if not tree.body or ast.unparse(tree.body[-1]) != "checks.report()":
        raise SourceError(path, line, f'check="{exercise}" must end with `checks.report()`')


def _check_block(path: Path, line: int, call: ast.expr, is_hidden: bool, in_region: bool) -> None:
    assert isinstance(call, ast.Call)
    place = line + call.lineno
    if is_hidden and not in_region:
        raise SourceError(
            path, place, f"`checks.hidden` stands outside `{BEGIN_HIDDEN}`: it would be published"
        )
    if not is_hidden and in_region:
        raise SourceError(path, place, f"`checks(…)` stands inside `{BEGIN_HIDDEN}`: use .hidden")
    if not call.args or not isinstance(getattr(call.args[0], "value", None), str):
        raise SourceError(path, place, "a check's name must be a plain string, written out")


def _opens_check(expression: ast.expr) -> bool | None:
    """Tell whether ``with`` opens a hidden check, a visible one (False), or none (None)."""
    if not isinstance(expression, ast.Call):
        return None
    target = ast.unparse(expression.func)
    return {"checks": False, "checks.hidden": True}.get(target)


def _hidden_lines(text: str) -> set[int]:
    lines, inside = set(), False
    for number, content in enumerate(text.splitlines(), 1):
        if BEGIN_HIDDEN in content:
            inside = True
        elif END_HIDDEN in content:
            inside = False
        elif inside:
            lines.add(number)
    return lines


# The rules between cells --------------------------------------------------------------------------


def _match_exercises_with_checks(notebook: SourceNotebook) -> None:
    exercises: dict[str, SourceCell] = {}
    checks: dict[str, SourceCell] = {}
    for cell in notebook.cells:
        if cell.kind not in (CellKind.EXERCISE, CellKind.CHECK):
            continue
        known = exercises if cell.kind is CellKind.EXERCISE else checks
        if cell.exercise in known:
            raise SourceError(
                notebook.path,
                cell.line,
                f'{cell.kind}="{cell.exercise}" stands in line {known[cell.exercise].line} too',
            )
        known[cell.exercise] = cell
        if cell.kind is CellKind.CHECK and cell.exercise not in exercises:
            raise SourceError(
                notebook.path, cell.line, f'check="{cell.exercise}" has no exercise above it'
            )
    for name, cell in exercises.items():
        if name not in checks:
            raise SourceError(notebook.path, cell.line, f'exercise="{name}" has no check')


def _check_names(notebook: SourceNotebook) -> None:
    """Check that graded cells need nothing from course cells, which grading skips."""
    shared = set(dir(builtins)) | _KERNEL_NAMES
    for cell in notebook.of_kind(CellKind.SETUP) + notebook.of_kind(CellKind.EXERCISE):
        shared |= _bound(ast.parse(cell.text))
    learners = set().union(
        *(_bound(ast.parse(c.text), top=True) for c in notebook.of_kind(CellKind.EXERCISE))
    )
    for cell in notebook.cells:
        if cell.kind in (CellKind.MARKDOWN, CellKind.COURSE):
            continue
        tree = ast.parse(cell.text)
        known = shared - learners if cell.kind is CellKind.SETUP else shared
        for name, offset in _loaded(tree):
            if name not in known and name not in _bound(tree):
                raise SourceError(
                    notebook.path,
                    cell.line + offset,
                    f"`{name}` comes from no setup cell"
                    + ("" if cell.kind is CellKind.SETUP else " and no exercise")
                    + ": grading runs no other cell",
                )


def _bound(tree: ast.AST, *, top: bool = False) -> set[str]:
    """Return the names that code binds; with ``top``, only at the level of the module."""
    names: set[str] = set()
    nodes = ast.iter_child_nodes(tree) if top else ast.walk(tree)
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif top and isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            names |= _bound(node)
    return names


def _loaded(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno


# Writing ------------------------------------------------------------------------------------------


def _notebook_text(cell: SourceCell) -> str:
    if cell.kind is not CellKind.CHECK:
        return cell.text
    # The author writes the points once, in the header.
    made = re.compile(rf"Checks\(\s*(['\"]){re.escape(cell.exercise)}\1\s*\)")
    filled = f'Checks("{cell.exercise}", points={cell.points}, hidden={cell.hidden})'
    return made.sub(filled, cell.text, count=1)


def _cell_id(cell: SourceCell) -> str:
    if cell.kind is CellKind.EXERCISE:
        return cell.exercise
    if cell.kind is CellKind.CHECK:
        return CHECK_PREFIX + cell.exercise
    digest = hashlib.sha256(cell.text.encode()).hexdigest()[:10]
    return f"{cell.kind}-{digest}"


def _unique(cell_id: str, taken: set[str]) -> str:
    candidate, number = cell_id, 1
    while candidate in taken:
        number += 1
        candidate = f"{cell_id}-{number}"
    taken.add(candidate)
    return candidate


def _nbgrader_metadata(cell: SourceCell, cell_id: str) -> dict:
    if cell.kind in (CellKind.MARKDOWN, CellKind.COURSE):
        return {}
    metadata = {
        "grade": cell.kind is CellKind.CHECK,
        "grade_id": cell_id,
        "locked": cell.kind is not CellKind.EXERCISE,
        "schema_version": 3,
        "solution": cell.kind is CellKind.EXERCISE,
        "task": False,
    }
    if cell.kind is CellKind.CHECK:
        metadata["points"] = cell.points
    return metadata

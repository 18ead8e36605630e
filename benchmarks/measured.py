"""Ties measured numbers to the sources that they were measured with.

A benchmark ``benchmarks/NAME.py`` of a lesson ``solutions/WEEK/NAME.py`` has

* ``EXERCISES``, a tuple of the ids whose reference solutions it uses,
* ``page(result) -> str``, which words a result for ``docs/NAME.md``, and
* ``LESSON``, the lesson's name, where that is not the benchmark's own.

It gets the reference solutions from :func:`reference` and hands its numbers to :func:`write`,
which keeps them in ``docs/NAME.json`` with the :func:`digest` of everything they came from. A test
finds by :func:`is_stale` that the numbers are those of other sources.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import platform
import tokenize
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autograder.source import CellKind, read_source

ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "pillow", "scikit-image")


class MeasuredError(RuntimeError):
    """A benchmark or its result is not as described above; the message says what to do."""


@dataclass(frozen=True)
class Benchmark:
    """Where the parts of one benchmark lie.

    Attributes:
        name: Name of the script, without ending; the lesson's too, but for a ``LESSON`` in it.
        root: The repository's top folder.
    """

    name: str
    root: Path = ROOT

    @property
    def script(self) -> Path:
        """The program that measures."""
        return self.root / "benchmarks" / f"{self.name}.py"

    @property
    def page(self) -> Path:
        """The result in words, for readers."""
        return self.root / "docs" / f"{self.name}.md"

    @property
    def record(self) -> Path:
        """The result in numbers, with the digest of its sources."""
        return self.root / "docs" / f"{self.name}.json"

    @property
    def lesson(self) -> Path:
        """The source of the lesson whose exercises are measured."""
        name = _constant(self.script, "LESSON") or self.name
        found = sorted(self.root.glob(f"solutions/*/{name}.py"))
        if len(found) != 1:
            raise MeasuredError(f"found {len(found)} lessons solutions/*/{name}.py, not one")
        return found[0]


def benchmarks(root: Path = ROOT) -> list[Benchmark]:
    """List the benchmarks that have a committed result, sorted by name."""
    names = sorted(path.stem for path in (root / "docs").glob("*.json"))
    return [Benchmark(name, root) for name in names if Benchmark(name, root).script.is_file()]


def reference(benchmark: Benchmark) -> dict[str, Any]:
    """Run the reference solutions that the benchmark uses, and what they need of the setup cells.

    Returns:
        The names that they define.

    Raises:
        MeasuredError: If the lesson lacks one of the exercises.
    """
    namespace: dict[str, Any] = {"__name__": "__reference__"}
    for piece in _lesson_pieces(benchmark):
        exec(compile(piece.text, f"<{benchmark.name}>", "exec"), namespace)
    return namespace


def digest(benchmark: Benchmark) -> str:
    """Hash the code that decides a benchmark's result.

    That is: its script, the exercises that it uses, and the statements of the setup cells and of
    the modules in ``utils`` that these need, through all names. Comments, docstrings, blank lines
    and the script's constants that end in ``_TEXT`` do not count: a sentence can be corrected, and
    an unused helper changed, without measuring again.

    Returns:
        A SHA-256 as 64 hexadecimal digits.
    """
    script = [
        piece
        for piece in _pieces(benchmark.script.read_text(encoding="utf-8"))
        if not any(name.endswith("_TEXT") for name in piece.defines)
    ]
    parts = {
        "script": [piece.code for piece in script],
        "lesson": [piece.code for piece in _lesson_pieces(benchmark)],
    }
    waiting = _imports([*script, *_lesson_pieces(benchmark)], {_ALL})
    wanted: dict[str, set[str]] = {}
    while waiting:
        module, name = waiting.pop()
        path = benchmark.root.joinpath(*module.split(".")).with_suffix(".py")
        if path.is_file() and name not in wanted.setdefault(module, set()):
            wanted[module].add(name)
            needed = _needed(_pieces(path.read_text(encoding="utf-8")), wanted[module])
            parts[module] = [piece.code for piece in needed]
            waiting |= _imports(needed, wanted[module])
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def write(
    benchmark: Benchmark,
    result: dict[str, Any],
    page: Callable[[dict], str],
    sources: str | None = None,
) -> None:
    """Keep a result in ``docs``: numbers with the digest of their sources, and the page.

    Args:
        benchmark: The benchmark.
        result: Plain data, as JSON knows it.
        page: Words the result.
        sources: The digest when the measurement began: a long one may be overtaken by an edit.
            The present digest by default.
    """
    record = {
        "made_by": f"python benchmarks/{benchmark.name}.py",
        "made_with": _versions(),
        "sources": sources or digest(benchmark),
        "result": result,
    }
    benchmark.record.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    write_page(benchmark, page)


def write_page(benchmark: Benchmark, page: Callable[[dict], str]) -> None:
    """Word a kept result anew, without measuring."""
    benchmark.page.write_text(page(read(benchmark)), encoding="utf-8")


def read(benchmark: Benchmark) -> dict[str, Any]:
    """Return the kept result's numbers.

    Raises:
        MeasuredError: If there is none, or the file is no such record.
    """
    return _record(benchmark)["result"]


def is_stale(benchmark: Benchmark) -> bool:
    """Tell whether the kept result was measured with other sources than those that are there."""
    return _record(benchmark)["sources"] != digest(benchmark)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _record(benchmark: Benchmark) -> dict[str, Any]:
    again = f"Run `python benchmarks/{benchmark.name}.py`."
    try:
        record = json.loads(benchmark.record.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MeasuredError(f"There is no {benchmark.record.name} yet. {again}") from None
    except ValueError:
        raise MeasuredError(f"{benchmark.record.name} is not valid JSON. {again}") from None
    if not isinstance(record, dict) or not {"sources", "result"} <= record.keys():
        raise MeasuredError(f"{benchmark.record.name} lacks `sources` or `result`. {again}")
    return record


# Sources -----------------------------------------------------------------------------------------

_ALL = "*"


@dataclass(frozen=True)
class _Piece:
    """One statement at the top level of a module or cell.

    Attributes:
        node: It, parsed.
        text: Its lines.
        code: Its lines without comments, docstrings and blank lines.
        defines: The names that it gives a value; none for a statement with an effect alone.
    """

    node: ast.stmt
    text: str
    code: tuple[str, ...]
    defines: frozenset[str]


def _lesson_pieces(benchmark: Benchmark) -> list[_Piece]:
    """Return the exercises that the benchmark uses, and what they need of the setup cells."""
    wanted = _exercises(benchmark)
    cells = read_source(benchmark.lesson).cells
    missing = set(wanted) - {cell.exercise for cell in cells}
    if missing:
        raise MeasuredError(f"{benchmark.lesson.name} has no exercise {', '.join(sorted(missing))}")
    setup = [p for cell in cells if cell.kind is CellKind.SETUP for p in _pieces(cell.text)]
    exercises = [
        piece
        for cell in cells
        if cell.kind is CellKind.EXERCISE and cell.exercise in wanted
        for piece in _pieces(cell.text)
    ]
    used = set().union(*(_uses(piece.node) for piece in exercises))
    return [*_needed(setup, used), *exercises]


def _pieces(code: str) -> list[_Piece]:
    """Cut code into its statements."""
    whole, bare = code.splitlines(), _without_words(code)
    pieces = []
    for node in ast.parse(code).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        lines = slice(first - 1, node.end_lineno)
        kept = tuple(line.rstrip() for line in bare[lines] if line.strip())
        if kept:
            pieces.append(_Piece(node, "\n".join(whole[lines]), kept, frozenset(_defines(node))))
    return pieces


def _needed(pieces: list[_Piece], names: set[str]) -> list[_Piece]:
    """Return the pieces that define the names, those they need in turn, and those with effects."""
    if _ALL in names:
        return pieces
    found = {piece for piece in pieces if not piece.defines}
    names = names.union(*(_uses(piece.node) for piece in found))
    while more := {piece for piece in pieces if piece.defines & names} - found:
        found |= more
        names = names.union(*(_uses(piece.node) for piece in more))
    return [piece for piece in pieces if piece in found]


def _defines(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    stored = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return {name.id for name in stored if isinstance(name.ctx, ast.Store)}


def _uses(node: ast.stmt) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _imports(pieces: list[_Piece], wanted: set[str]) -> set[tuple[str, str]]:
    """Return what is imported from ``utils``, as modules with names; all of a module as ``*``.

    An imported name counts when the pieces use it, or when it is wanted from their module.
    """
    used = wanted.union(*(_uses(piece.node) for piece in pieces))
    found = set()
    for node in (node for piece in pieces for node in ast.walk(piece.node)):
        if isinstance(node, ast.Import):
            found |= {(alias.name, _ALL) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if used & {alias.asname or alias.name, _ALL}:
                    found.add((node.module, alias.name))
                    found.add((f"{node.module}.{alias.name}", _ALL))
    return {(module, name) for module, name in found if module.split(".")[0] == "utils"}


def _exercises(benchmark: Benchmark) -> tuple[str, ...]:
    found = _constant(benchmark.script, "EXERCISES")
    if found is None:
        raise MeasuredError(f"{benchmark.script.name} has no constant EXERCISES: a tuple of ids")
    return found


def _constant(script: Path, name: str) -> Any:
    """Read a script's constant without running the script; None where there is none."""
    for node in ast.parse(script.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and _name(node) == name:
            return ast.literal_eval(node.value)
    return None


def _name(node: ast.Assign) -> str:
    target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def _without_words(code: str) -> list[str]:
    """Return code's lines with comments and docstrings made empty."""
    lines = code.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    scopes = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for scope in (node for node in ast.walk(ast.parse(code)) if isinstance(node, scopes)):
        if ast.get_docstring(scope) is not None:
            text = scope.body[0]
            rows = range(text.lineno - 1, text.end_lineno)
            lines[rows.start : rows.stop] = [""] * len(rows)
    return lines

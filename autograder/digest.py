"""A hash over everything that decides what a solution's execution shows."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from autograder.course import Course
from autograder.source import CellKind, SourceNotebook


def execution_digest(source: SourceNotebook, course: Course) -> str:
    """Hash a lesson's code, the helpers it imports, the measurements it shows, and the lock file.

    Words do not count: correcting a sentence does not ask for another execution.

    Args:
        source: The lesson.
        course: The course it belongs to.

    Returns:
        A SHA-256 as 64 hexadecimal digits.
    """
    sha = hashlib.sha256()
    for cell in source.cells:
        if cell.kind is not CellKind.MARKDOWN:
            _add(sha, f"{cell.kind} {cell.exercise} {cell.points}", cell.text.encode())
    code = "\n\n".join(c.text for c in source.cells if c.kind is not CellKind.MARKDOWN)
    for path in [*helpers_of(code, course.root), *_measured(code, course.root)]:
        _add(sha, path.relative_to(course.root).as_posix(), path.read_bytes())
    if course.lock.is_file():
        _add(sha, course.lock.name, course.lock.read_bytes())
    return sha.hexdigest()


def helpers_of(code: str, root: Path) -> list[Path]:
    """List the files in ``utils/`` that code depends on, through all imports.

    A module that reads a file beside itself, or in a folder of data beside itself, depends on it:
    it counts when any helper names it (a manifest, a table). Packages inside ``utils`` are followed
    like modules.

    Args:
        code: Python code.
        root: The repository's top folder.

    Returns:
        Sorted paths.
    """
    found: set[Path] = set()
    waiting = [code]
    while waiting:
        for path in _imported(ast.parse(waiting.pop()), root):
            if path not in found:
                found.add(path)
                waiting.append(path.read_text(encoding="utf-8"))
    text = "".join(path.read_text(encoding="utf-8") for path in found)
    for folder in {root / "utils", *(path.parent for path in found)}:
        found |= {path for path in _data_files(folder) if path.name in text}
    return sorted(found)


def _data_files(folder: Path) -> list[Path]:
    """List the files beside modules that are none, with those in folders that are no packages."""
    inside = [path for path in folder.glob("*/") if not (path / "__init__.py").is_file()]
    beside = [path for place in [folder, *inside] for path in place.glob("*") if path.is_file()]
    return [path for path in beside if path.suffix not in {".py", ".pyc"}]


def _measured(code: str, root: Path) -> list[Path]:
    """List the benchmark results in ``docs/`` that code reads by name."""
    return sorted(path for path in (root / "docs").glob("*.json") if path.name in code)


def _imported(tree: ast.Module, root: Path) -> set[Path]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    paths = set()
    for name in names:
        if name.split(".")[0] != "utils":
            continue
        module = root.joinpath(*name.split("."))
        paths |= {module.with_suffix(".py"), module / "__init__.py"}
        # Importing a module of a package inside `utils` runs that package's own code first.
        inside = [parent for parent in module.parents if root / "utils" in parent.parents]
        paths |= {package / "__init__.py" for package in inside}
    return {path for path in paths if path.is_file()}


def _add(sha: hashlib._Hash, name: str, content: bytes) -> None:
    # Lengths keep the parts apart: no two different sets of parts give the same stream.
    sha.update(f"{len(name)} {name} {len(content)} ".encode())
    sha.update(content)

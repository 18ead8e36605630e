"""Reads hand-ins as data: nothing in them is executed, followed or trusted here.

A folder of hand-ins holds a folder per student, with the notebooks in it or one level deeper in a
folder named after the week (nbgrader's ``submitted`` tree). :func:`find` lists the students,
:func:`read` reads the notebooks of one of them. A file that cannot be read becomes a sentence,
never an exception, so that one bad hand-in cannot stop the others.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.coursework import CourseNotebook, Week

MAX_BYTES = 64 * 2**20
MAX_CELLS = 2000
MAX_CELL_CHARACTERS = 2**18
# Bounds the memory that parsing takes: a comma or bracket costs up to some 100 bytes of objects.
MAX_JSON_ITEMS = 4_000_000

_STUDENT = re.compile(r"[\w@+.-][\w@+. -]*(?<! )", re.UNICODE)


class IntakeError(Exception):
    """The folder of hand-ins as a whole is of no use. The text says what to do."""


class Refused(Exception):
    """A hand-in or a file of it cannot be read. The text is a sentence for the grader's table."""


@dataclass(frozen=True)
class HandInCell:
    """What is taken from a cell that was handed in; nothing else of it is used.

    Attributes:
        cell_type: ``code``, ``markdown`` or ``raw``.
        text: Its source, cut down to valid Unicode.
        grade_id: nbgrader's id as the file states it; empty where it states none.
        cell_id: The notebook format's id as the file states it.
    """

    cell_type: str
    text: str
    grade_id: str = ""
    cell_id: str = ""


@dataclass(frozen=True)
class Location:
    """Where a student's hand-in lies."""

    student: str
    folder: Path


@dataclass(frozen=True)
class ReadNotebook:
    """One notebook of a hand-in, read or refused.

    Attributes:
        notebook: The course's notebook that it answers.
        cells: Its cells; None when it is missing or refused.
        problem: Why there are no cells, as a sentence; empty otherwise.
        missing: Whether no such file was handed in.
        repairs: What was put right on the way, a sentence each.
    """

    notebook: CourseNotebook
    cells: tuple[HandInCell, ...] | None = None
    problem: str = ""
    missing: bool = False
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandIn:
    """All notebooks of one student for a week.

    Attributes:
        student: The student's folder name.
        notebooks: One entry for each notebook of the week.
        problem: Why the hand-in as a whole cannot be read; empty otherwise.
        digest: A hash of everything that was read, problems included.
    """

    student: str
    notebooks: tuple[ReadNotebook, ...]
    problem: str
    digest: str


def find(folder: Path) -> list[Location]:
    """List the students' folders in a folder of hand-ins, sorted by name.

    Args:
        folder: The folder of hand-ins. Hidden entries and loose files in it are ignored.

    Raises:
        IntakeError: If there is no such folder, or no student's folder in it.
    """
    if not folder.is_dir():
        raise IntakeError(f"there is no folder {str(folder)!r}: name the folder of hand-ins")
    entries = sorted((e for e in os.scandir(folder) if not e.name.startswith(".")), key=_by_name)
    students = [Location(e.name, Path(e.path)) for e in entries if not _is_plain_file(e)]
    if students:
        return students
    if any(entry.name.endswith(".ipynb") for entry in entries):
        raise IntakeError(
            f"the notebooks in {str(folder)!r} lie loose: put each student's into a folder named "
            "after the student"
        )
    raise IntakeError(f"{str(folder)!r} is empty: it should hold a folder for each student")


def read(location: Location, week: Week, owners: dict[str, str] | None = None) -> HandIn:
    """Read one student's hand-in.

    Args:
        location: Where it lies.
        week: The week that is graded.
        owners: Notebook titles ("NAME of WEEK") by exercise id, over all weeks; used to say whose
            notebook a wrong one is.

    Returns:
        The hand-in; whatever is wrong with it stands in it as sentences.
    """
    try:
        folder = _notebook_folder(location, week.name)
        found = _match_names(folder, week)
    except (Refused, OSError) as error:
        problem = _sentence(error)
        return HandIn(location.student, (), problem, _digest([problem]))
    if not any(found.values()) and not _names(folder):
        problem = "nothing handed in: the folder is empty"
        return HandIn(location.student, (), problem, _digest([problem]))
    notebooks = tuple(_read_one(nb, found[nb.name], week, owners or {}) for nb in week.notebooks)
    return HandIn(location.student, notebooks, "", _digest(notebooks))


def is_student_name(name: str) -> bool:
    """Tell whether a folder's name can stand in file names, patterns and the gradebook."""
    return len(name) <= 100 and _STUDENT.fullmatch(name) is not None


def read_notebook(path: Path) -> tuple[HandInCell, ...]:
    """Read the cells of a notebook file, as data.

    Args:
        path: The file. A link, pipe or device is not opened.

    Raises:
        Refused: If it is not a notebook that can be read, with the reason.
    """
    return _cells(_parse(_decode(_read_bytes(path))))


# Folders and names -------------------------------------------------------------------------------


def _by_name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_plain_file(entry: os.DirEntry[str]) -> bool:
    # A linked folder is listed, so that its refusal shows in the table; a linked file is not.
    return not entry.is_dir(follow_symlinks=True)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"refused: cannot be read ({error.strerror or type(error).__name__})"
    return f"refused: {error}"


def _notebook_folder(location: Location, week: str) -> Path:
    if not is_student_name(location.student):
        raise Refused(
            "the folder's name may hold letters, digits, spaces and . _ - + @ only, at most 100: "
            "rename it"
        )
    _demand_folder(location.folder)
    nested = location.folder / week
    if os.path.lexists(nested):
        _demand_folder(nested)
        return nested
    return location.folder


def _demand_folder(path: Path) -> None:
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        raise Refused(f"{path.name!r} is a link or no folder: hand in the files themselves")


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def _match_names(folder: Path, week: Week) -> dict[str, list[Path]]:
    """Find the file for each notebook: by its name, else by a browser's or editor's variant."""
    files = [name for name in _names(folder) if name.endswith(".ipynb")]
    expected = {f"{notebook.name}.ipynb" for notebook in week.notebooks}
    found = {}
    for notebook in week.notebooks:
        exact = f"{notebook.name}.ipynb"
        variant = re.compile(rf"(.*[\W_]|){re.escape(notebook.name)}([\W_].*|)\.ipynb", re.I)
        others = [name for name in files if name not in expected and variant.fullmatch(name)]
        names = [exact] if exact in files else others
        found[notebook.name] = [folder / name for name in names]
    return found


def _read_one(
    notebook: CourseNotebook, paths: list[Path], week: Week, owners: dict[str, str]
) -> ReadNotebook:
    name = f"{notebook.name}.ipynb"
    if not paths:
        return ReadNotebook(notebook, problem=f"missing: {name}", missing=True)
    if len(paths) > 1:
        names = ", ".join(_printable(path.name) for path in paths[:3])
        problem = f"refused: {name} could be any of {names}: keep one"
        return ReadNotebook(notebook, problem=problem)
    try:
        cells = read_notebook(paths[0])
        _demand_this_notebook(cells, notebook, week, owners)
    except Refused as error:
        return ReadNotebook(notebook, problem=f"refused: {name} {error}")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return ReadNotebook(notebook, problem=f"refused: {name} cannot be read ({reason})")
    renamed = paths[0].name != name
    repairs = (f"The file was named {_printable(paths[0].name)}.",) if renamed else ()
    return ReadNotebook(notebook, cells, repairs=repairs)


def _demand_this_notebook(
    cells: tuple[HandInCell, ...], notebook: CourseNotebook, week: Week, owners: dict[str, str]
) -> None:
    own = set(notebook.by_grade_id)
    stated = {cell.grade_id for cell in cells if cell.grade_id}
    if stated & own:
        return
    names = {name for cell in notebook.exercises for name in defined_names(cell.text)}
    if any(names & defined_names(cell.text) for cell in cells):
        return  # its marks are lost, yet the exercises' functions are there
    others = sorted({owners[grade_id] for grade_id in stated if grade_id in owners})
    if others:
        raise Refused(f"is {others[0]}: none of this notebook's exercises are in it")
    raise Refused("is another notebook: none of this notebook's exercises are in it")


def defined_names(text: str) -> frozenset[str]:
    """Return the names of the functions and classes that a cell's text defines at its top level."""
    return frozenset(re.findall(r"^(?:def|class)[ \t]+(\w+)", text, re.MULTILINE))


def _printable(text: str) -> str:
    """Make a stranger's file name safe to print: no control characters, not too long."""
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= 80 else shown[:77] + "…"


# Files -------------------------------------------------------------------------------------------


def _read_bytes(path: Path) -> bytes:
    """Read a regular file without following a link or waiting for a pipe."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise Refused("is a link, a folder or a device, not a file: hand in the file itself")
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Refused("is not a regular file: hand in the file itself")
        if status.st_size > MAX_BYTES:
            raise Refused(_too_large(status.st_size))
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(_too_large(len(data)))
    return data


def _too_large(size: int) -> str:
    return (
        f"is {size / 2**20:.0f} MiB, the limit is {MAX_BYTES // 2**20} MiB: "
        "clear all outputs and hand in again"
    )


def _decode(data: bytes) -> str:
    if not data.strip():
        raise Refused("is empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("is UTF-16 text, not UTF-8: open it in JupyterLab, save and hand in again")
    if data.startswith(b"PK\x03\x04"):
        raise Refused("is not a notebook but a zip file: hand in the notebook itself")
    if data.startswith(b"%PDF"):
        raise Refused("is not a notebook but a PDF: hand in the notebook itself")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused(
            f"is not UTF-8 text (line {line}): open it in JupyterLab, save and hand in again"
        ) from None


def _parse(text: str) -> dict[str, Any]:
    if not text.lstrip().startswith("{"):
        raise Refused("is not a notebook: a notebook file is JSON and begins with {")
    if sum(text.count(character) for character in ",[{") > MAX_JSON_ITEMS:
        raise Refused("holds too many values: clear all outputs and hand in again")
    try:
        # Numbers are of no use here; a literal of a million digits must not cost its conversion.
        notebook = json.loads(text, parse_int=_small_int, parse_float=lambda _: 0.0)
    except json.JSONDecodeError as error:
        raise Refused(_json_problem(error, text)) from None
    except RecursionError:
        raise Refused("is nested too deeply to be a notebook") from None
    if not isinstance(notebook.get("cells"), list):
        if isinstance(notebook.get("worksheets"), list):
            raise Refused("is in an old format: open it in JupyterLab, save and hand in again")
        raise Refused("is JSON but not a notebook: it has no list of cells")
    return notebook


def _small_int(digits: str) -> int:
    return int(digits) if len(digits) < 10 else 0


def _json_problem(error: json.JSONDecodeError, text: str) -> str:
    # A string that the end of the file cuts is reported where it began.
    unterminated = error.msg.startswith("Unterminated string")
    if unterminated or error.pos >= len(text.rstrip()):
        lines = text.rstrip().count("\n") + 1
        return f"is not JSON: it ends in the middle (line {lines})"
    return f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"


def _cells(notebook: dict[str, Any]) -> tuple[HandInCell, ...]:
    cells = notebook["cells"]
    if len(cells) > MAX_CELLS:
        raise Refused(f"has {len(cells)} cells, the limit is {MAX_CELLS}: delete those not needed")
    read_cells = tuple(cell for cell in map(_cell, cells) if cell is not None)
    if not read_cells:
        raise Refused("has no cell")
    return read_cells


def _cell(cell: Any) -> HandInCell | None:
    """Take from a cell what counts; None where it is no cell at all."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    text = _join(cell.get("source", ""))
    if text is None:
        return None
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return HandInCell(cell["cell_type"], text, _identifier(grade_id), _identifier(cell.get("id")))


def _join(source: Any) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    # JSON can carry half a surrogate pair, which no file or kernel message can.
    return source.encode("utf-8", "replace").decode("utf-8")


def _identifier(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= 128 else ""


def _digest(parts: Any) -> str:
    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, ReadNotebook):
            yield from (value.notebook.name, value.problem, *value.repairs)
            yield from walk(value.cells or ())
        elif isinstance(value, HandInCell):
            yield from (value.cell_type, value.text, value.grade_id, value.cell_id)
        elif isinstance(value, str):
            yield value
        else:
            for item in value:
                yield from walk(item)

    digest = hashlib.sha256()
    for part in walk(parts):
        data = part.encode("utf-8", "replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()

"""Reads hand-ins as data: nothing in them is executed, followed or trusted here.

A folder of hand-ins holds a folder per student, with the notebooks in it or one level deeper in a
folder named after the week (nbgrader's ``submitted`` tree); or the hand-ins come as the zip that
Canvas or Moodle made. :func:`find` lists the students, :func:`read` reads the notebooks of one of
them. A file that cannot be read becomes a sentence, never an exception, so that one bad hand-in
cannot stop the others.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from autograder.archives import (
    MAX_STUDENT_MEMBERS,
    Archive,
    ArchiveError,
    Budget,
    Member,
    ZippedStudent,
    is_zip,
    printable,
    students,
)
from autograder.coursework import CourseNotebook, Week

MAX_BYTES = 64 * 2**20
MAX_CELLS = 2000
MAX_CELL_CHARACTERS = 2**18
# Bounds the memory that parsing takes: a comma or bracket costs up to some 100 bytes of objects.
MAX_JSON_ITEMS = 4_000_000
MAX_FILES = 10_000
MAX_ZIPS = 5
# In characters, and in bytes of a file name that something is still appended to.
MAX_STUDENT_NAME, MAX_STUDENT_NAME_BYTES = 100, 200


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
class HandInFile:
    """A file that was handed in, not read yet.

    Attributes:
        path: Folders and name below the student's folder; not safe to print.
        load: Reads its contents; raises :class:`Refused`, ``ArchiveError`` or ``OSError``.
        notes: What is to be said about it, a sentence each.
    """

    path: tuple[str, ...]
    load: Callable[[], bytes]
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.path[-1]


@dataclass(frozen=True)
class Location:
    """Where a student's hand-in lies: in a folder, or in a zip.

    Attributes:
        student: The student's name, unique among the hand-ins and safe to print.
        folder: Her folder; None for a hand-in out of a zip.
        files: Her files out of a zip.
        problem: Why there is nothing to read, as a sentence; empty otherwise.
        lms: ``canvas`` or ``moodle`` where the zip was made by that system; else empty.
        lms_id: That system's id of the student; empty where it is not known.
    """

    student: str
    folder: Path | None
    files: tuple[HandInFile, ...] = ()
    problem: str = ""
    lms: str = ""
    lms_id: str = ""


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


def find(submissions: Path, week: str = "") -> list[Location]:
    """List the students' hand-ins in a folder or a zip, sorted by name.

    Args:
        submissions: The folder of hand-ins, or a zip of them. Hidden entries and loose files in
            the folder are ignored.
        week: The week's id; in a zip it tells a student's folder for the week from a folder around
            all students.

    Raises:
        IntakeError: If there is no such folder or zip, or no student's hand-in in it.
    """
    try:
        if is_zip(submissions):
            return _find_in_zip(submissions, week)
        return _find_in_folder(submissions)
    except OSError as error:
        shown, reason = printable(str(submissions), 200), error.strerror or type(error).__name__
        raise IntakeError(f"{shown!r} cannot be read ({reason})") from error


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
        files = _files(location, week.name)
    except (Refused, OSError) as error:
        problem = _sentence(error)
        return HandIn(location.student, (), problem, _digest([problem]))
    found, problems = _match(files, week)
    notebooks = tuple(
        _read_one(nb, found[nb.name], week, owners or {}, problems) for nb in week.notebooks
    )
    return HandIn(location.student, notebooks, "", _digest(notebooks))


def is_student_name(name: str) -> bool:
    """Tell whether a folder's name can stand in file names, patterns and the gradebook."""
    return (
        0 < len(name) <= MAX_STUDENT_NAME
        and len(name.encode("utf-8", "replace")) <= MAX_STUDENT_NAME_BYTES
        and all(map(_is_name_character, name))
        and name == name.strip()
        and not name.startswith(".")
    )


def read_notebook(path: Path) -> tuple[HandInCell, ...]:
    """Read the cells of a notebook file, as data.

    Args:
        path: The file. A link, pipe or device is not opened.

    Raises:
        Refused: If it is not a notebook that can be read, with the reason.
    """
    return _cells(_parse(_decode(_read_bytes(path))))


# Students ----------------------------------------------------------------------------------------


def _by_name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_plain_file(entry: os.DirEntry[str]) -> bool:
    # A linked folder is listed, so that its refusal shows in the table; a linked file is not.
    try:
        return not entry.is_dir(follow_symlinks=True)
    except OSError:
        return False


def _is_name_character(character: str) -> bool:
    # Letters, digits, and the marks that some scripts write words with.
    return character in "_-+@. " or unicodedata.category(character)[0] in "LMN"


def _labels(names: Sequence[str]) -> list[str]:
    """Return names that can be printed; two that differ never become the same."""
    shown = [printable(name, 255) for name in names]
    often = Counter(shown)
    return [
        label if label == name or often[label] == 1 else f"{label} ({_short_hash(name)})"
        for label, name in zip(shown, names, strict=True)
    ]


def _short_hash(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _find_in_folder(submissions: Path) -> list[Location]:
    if not submissions.is_dir():
        raise IntakeError(
            f"there is no folder and no zip {printable(str(submissions))!r}: name the folder of "
            "hand-ins or the zip that Canvas or Moodle made"
        )
    with os.scandir(submissions) as found:
        entries = sorted((e for e in found if not e.name.startswith(".")), key=_by_name)
    folders = [entry for entry in entries if not _is_plain_file(entry)]
    if folders:
        labels = _labels([entry.name for entry in folders])
        return [Location(x, Path(e.path)) for x, e in zip(labels, folders, strict=True)]
    if any(entry.name.endswith(".ipynb") for entry in entries):
        raise IntakeError(
            f"the notebooks in {str(submissions)!r} lie loose: put each student's into a folder "
            "named after the student"
        )
    raise IntakeError(f"{str(submissions)!r} is empty: it should hold a folder for each student")


def _find_in_zip(path: Path, week: str) -> list[Location]:
    try:
        zipped = students(Archive(path), week)
    except ArchiveError as error:
        raise IntakeError(f"{str(path)!r} {error}") from None
    if not zipped:
        raise IntakeError(
            f"{str(path)!r} holds no student's file: it should be a zip as Canvas or Moodle makes "
            "it, or hold a folder for each student"
        )
    # A student cannot rename what her LMS named, so a name that will not do is changed here.
    names = [s.name if s.problem else _student_name(s.name) for s in zipped]
    often = Counter(names)
    for place, student in enumerate(zipped):
        if names[place] != student.name and often[names[place]] > 1:
            names[place] = f"{names[place][:40]}-{_short_hash(student.name)}"
    return sorted(map(_zipped, names, zipped), key=lambda location: location.student)


def _student_name(name: str) -> str:
    """Return the nearest name that :func:`is_student_name` accepts."""
    if is_student_name(name):
        return name
    kept = "".join(c if _is_name_character(c) else "_" for c in name).strip().lstrip(".")
    if len(kept) > MAX_STUDENT_NAME or len(kept.encode()) > MAX_STUDENT_NAME_BYTES:
        kept = f"{kept[:40].strip()}-{_short_hash(name)}"
    return kept if is_student_name(kept) else f"student-{_short_hash(name)}"


def _zipped(name: str, student: ZippedStudent) -> Location:
    budget = Budget()
    files = tuple(
        HandInFile(upload.path, partial(upload.member.read, budget), upload.notes)
        for upload in student.uploads
    )
    problem = student.problem or ("" if files else "nothing handed in: there is no file")
    return Location(name, None, files, problem, student.lms, student.lms_id)


# Files of a student ------------------------------------------------------------------------------


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"refused: cannot be read ({error.strerror or type(error).__name__})"
    if isinstance(error, _Nothing):
        return str(error)
    return f"refused: {error}"


class _Nothing(Refused):
    """There is no file at all; nobody refused anything."""


def _files(location: Location, week: str) -> list[HandInFile]:
    """List a student's files, those of the week's own folder where she has one."""
    if location.problem:
        raise _Nothing(location.problem)
    if location.folder is None:
        return [file for file in location.files if not file.name.startswith(".")]
    if not is_student_name(location.student):
        raise Refused(
            "the folder's name may hold letters, digits, spaces and . _ - + @ only, at most "
            f"{MAX_STUDENT_NAME}: rename it"
        )
    root, parts = location.folder.parent, (location.folder.name,)
    names = _list(root, parts)
    if week in names:
        parts = (*parts, week)
        names = _list(root, parts)
    if not names:
        raise _Nothing("nothing handed in: the folder is empty")
    return [HandInFile((n,), partial(_read_below, root, (*parts, n))) for n in names]


def _list(root: Path, parts: tuple[str, ...]) -> list[str]:
    """List a folder below ``root``; no link is followed on the way."""
    with ExitStack() as stack:
        folder = _open_folder(root, parts, stack)
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MAX_FILES + 1)]
    if len(names) > MAX_FILES:
        raise Refused(f"the folder holds more than {MAX_FILES} files: hand in the notebooks alone")
    return sorted(name for name in names if not name.startswith("."))


def _open_folder(root: Path, parts: tuple[str, ...], stack: ExitStack) -> int:
    """Open a folder below ``root``, link by link, so that none can be put there in between."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    folder = os.open(root, flags)
    stack.callback(os.close, folder)
    for part in parts:
        status = os.stat(part, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISDIR(status.st_mode):
            raise Refused(
                f"{printable(part)!r} is a link or no folder: hand in the files themselves"
            )
        folder = os.open(part, flags | os.O_NOFOLLOW, dir_fd=folder)
        stack.callback(os.close, folder)
    return folder


def _match(
    files: Sequence[HandInFile], week: Week
) -> tuple[dict[str, list[HandInFile]], list[str]]:
    """Find the files for each notebook; look into zips for those that do not lie loose.

    Returns:
        The files by notebook, and what is wrong with zips that could not be read.
    """
    found = _match_names(files, week)
    zips = [file for file in files if file.name.lower().endswith(".zip")]
    if all(found.values()) or not zips:
        return found, []
    inner, problems, budget = [], [], Budget()
    for file in zips[:MAX_ZIPS]:
        try:
            inner += _files_of_zip(file, budget)
        except (Refused, ArchiveError, OSError) as error:
            reason = "cannot be read" if isinstance(error, OSError) else str(error)
            problems.append(f"{printable(file.name)} {reason}")
    if any(file.name.lower().endswith(".zip") for file in inner):
        problems.append("holds a zip in a zip: hand in the notebooks themselves")
    from_zips = _match_names(inner, week)
    return {name: loose or from_zips[name] for name, loose in found.items()}, problems


def _files_of_zip(file: HandInFile, budget: Budget) -> list[HandInFile]:
    members = Archive(file.load()).members
    if len(members) > MAX_STUDENT_MEMBERS:
        raise ArchiveError(f"holds more than {MAX_STUDENT_MEMBERS} files")
    note = f"It came in {printable(file.name)}."
    return [_unzipped(member, budget, (*file.notes, note)) for member in members]


def _unzipped(member: Member, budget: Budget, notes: tuple[str, ...]) -> HandInFile:
    return HandInFile(member.path, partial(member.read, budget), notes)


def _match_names(files: Sequence[HandInFile], week: Week) -> dict[str, list[HandInFile]]:
    """Find the file for each notebook: by its name, else by a browser's or editor's variant."""
    notebooks = [file for file in files if file.name.lower().endswith(".ipynb")]
    expected = {f"{notebook.name}.ipynb" for notebook in week.notebooks}
    found = {}
    for notebook in week.notebooks:
        exact = [file for file in notebooks if file.name == f"{notebook.name}.ipynb"]
        variant = re.compile(rf"(.*[\W_]|){re.escape(notebook.name)}([\W_].*|)\.ipynb", re.I)
        others = [f for f in notebooks if f.name not in expected and variant.fullmatch(f.name)]
        found[notebook.name] = _nearest(exact or others, week.name)
    return found


def _nearest(files: list[HandInFile], week: str) -> list[HandInFile]:
    """Of files with a fitting name, prefer those in the week's folder, then the least deep."""
    rank = {id(file): (week not in file.path[:-1], len(file.path)) for file in files}
    return [file for file in files if rank[id(file)] == min(rank.values())]


def _read_one(
    notebook: CourseNotebook,
    files: Sequence[HandInFile],
    week: Week,
    owners: dict[str, str],
    problems: Sequence[str] = (),
) -> ReadNotebook:
    name = f"{notebook.name}.ipynb"
    if not files and problems:
        return ReadNotebook(notebook, problem=f"refused: {name} is missing: {problems[0]}")
    if not files:
        return ReadNotebook(notebook, problem=f"missing: {name}", missing=True)
    if len(files) > 1:
        names = ", ".join(printable("/".join(file.path)) for file in files[:3])
        problem = f"refused: {name} could be any of {names}: keep one"
        return ReadNotebook(notebook, problem=problem)
    try:
        cells = _cells(_parse(_decode(files[0].load())))
        _demand_this_notebook(cells, notebook, week, owners)
    except (Refused, ArchiveError) as error:
        return ReadNotebook(notebook, problem=f"refused: {name} {error}")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return ReadNotebook(notebook, problem=f"refused: {name} cannot be read ({reason})")
    renamed = files[0].name != name
    note = (f"The file was named {printable(files[0].name)}.",) if renamed else ()
    return ReadNotebook(notebook, cells, repairs=(*note, *files[0].notes))


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


# Files -------------------------------------------------------------------------------------------


def _read_below(root: Path, parts: tuple[str, ...]) -> bytes:
    """Read a regular file below ``root`` without following a link or waiting for a pipe."""
    with ExitStack() as stack:
        folder = _open_folder(root, parts[:-1], stack)
        return _read_bytes(parts[-1], folder)


def _read_bytes(name: str | Path, folder: int | None = None) -> bytes:
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        raise Refused("is a link, a folder or a device, not a file: hand in the file itself")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(name, flags, dir_fd=folder), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise Refused("is not a regular file: hand in the file itself")
        if status.st_size > MAX_BYTES:
            raise Refused(_too_large(status.st_size))
        data = file.read(MAX_BYTES + 1)  # it may have grown
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
    # A little more than the limit stays, so that it is seen to be too long.
    source = source[: MAX_CELL_CHARACTERS + 1]
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

"""Reads zip files of hand-ins as data: nothing is unpacked to disk, no size in them is believed.

Canvas and Moodle hand out a week's hand-ins as one zip. In it a student may have handed in a zip
again; that one is opened too, one deeper is not. :func:`students` sorts the files of such a zip by
student; :class:`Archive` reads single files, within limits that hold for each student alone, so
that a zip bomb costs its own author and nobody else.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

MAX_MEMBERS = 100_000
MAX_STUDENT_MEMBERS = 2000
MAX_FILE_BYTES = 64 * 2**20
MAX_STUDENT_BYTES = 256 * 2**20
MAX_RATIO = 300
MAX_NAME = 1000
# Below this a high ratio does no harm, and an honest notebook that prints zeros may have it.
_RATIO_COUNTS_FROM = 8 * 2**20
_PIECE = 2**20

# What each entry of a zip's list of contents begins with.
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1 | 0x40
_NAME_IS_UTF8 = 0x800
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(RuntimeError, NotImplementedError, ValueError, OverflowError, IndexError),
)

_OUTSIDE = "has a path that leads out of the zip: make the zip again"

_CANVAS = re.compile(
    r"(?:(?P<name>\w*?)_)?(?:(?P<late>(?i:late))_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)"
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?:(?P<late>(?i:late))_)?(?P<name>anon)_(?P<id>[^\W_]+)_(?P<upload>\d+)_(?P<file>.+)"
)
_CANVAS_TEXT = re.compile(r"(?P<name>\w*?)_(?:(?i:late)_)?(?P<id>\d+)_(?:text|link)\.html")
_MOODLE = re.compile(
    r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
_RESUBMITTED = re.compile(r"(?P<stem>.+)-(?P<number>\d{1,4})(?P<end>\.\w+)")
_LITTER = re.compile(r"__MACOSX|Thumbs\.db|desktop\.ini|\..*", re.IGNORECASE)


class ArchiveError(Exception):
    """A zip, or a file in it, cannot be read. The text is the rest of a sentence about it."""


@dataclass
class Budget:
    """What one student's files may still unpack to.

    Attributes:
        left: Bytes.
    """

    left: int = MAX_STUDENT_BYTES


@dataclass(frozen=True)
class Member:
    """A file in a zip.

    Attributes:
        archive: The zip it lies in.
        info: The zip's own record of it.
        path: Its folders and its name as they are, composed; neither to print nor to follow.
        problem: Why it must not be read; empty when it may be.
    """

    archive: Archive
    info: zipfile.ZipInfo
    path: tuple[str, ...]
    problem: str = ""

    def read(self, budget: Budget) -> bytes:
        """Return its contents.

        Raises:
            ArchiveError: If it is damaged, encrypted, too large, no plain file, or its path leads
                out of the zip.
        """
        if self.problem:
            raise ArchiveError(self.problem)
        return self.archive.read(self.info, budget)


@dataclass(frozen=True)
class Upload:
    """One file that a student handed in, by the name she gave it.

    Attributes:
        path: Folders and name, below the student's own folder.
        member: Where its contents are.
        notes: What is to be said about it, a sentence each.
    """

    path: tuple[str, ...]
    member: Member
    notes: tuple[str, ...] = ()


@dataclass
class ZippedStudent:
    """The files of one student.

    Attributes:
        name: Her name, as the zip has it; not safe to print unless there is a problem.
        lms: ``canvas`` or ``moodle`` where a name has that system's form; else empty.
        lms_id: Canvas's user id or Moodle's participant id; empty where there is none.
        uploads: Her files.
        problem: Why there are none, as a sentence; empty otherwise.
    """

    name: str
    lms: str = ""
    lms_id: str = ""
    uploads: list[Upload] = field(default_factory=list)
    problem: str = ""


class Archive:
    """A zip file, open for reading.

    Args:
        source: The file's path, or its contents.

    Raises:
        ArchiveError: If it is no zip, damaged, or holds too many files.
    """

    def __init__(self, source: Path | bytes) -> None:
        try:
            file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        except OSError as error:
            raise ArchiveError(f"cannot be read ({error.strerror})") from None
        # The records are counted before memory is taken for them; the count in the zip may lie.
        if _count(file, _ENTRY) > MAX_MEMBERS:
            raise ArchiveError(f"holds more than {MAX_MEMBERS} files: hand in the notebooks alone")
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGE:
            raise ArchiveError("is damaged or no zip file: make it again") from None

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Its files, in its own order; folders, hidden files and systems' litter left out."""
        found = []
        for info in self._zip.infolist():
            path, problem = _path(info)
            # not info.is_dir(): of an empty name it makes an IndexError
            if info.filename.endswith("/") or not path:
                continue
            if problem == _OUTSIDE or not any(map(_LITTER.fullmatch, path)):
                found.append(Member(self, info, path, problem or _kind_problem(info)))
        return tuple(found)

    def read(self, info: zipfile.ZipInfo, budget: Budget) -> bytes:
        """Unpack one file in pieces, and stop at the first limit that is reached."""
        pieces, size = [], 0
        try:
            with self._zip.open(info) as file:
                while piece := file.read(_PIECE):
                    pieces.append(piece)
                    size += len(piece)
                    budget.left -= len(piece)
                    _demand_modest(size, info.compress_size, budget)
        except _DAMAGE:
            raise ArchiveError("is damaged: make the zip again") from None
        return b"".join(pieces)


def is_zip(path: Path) -> bool:
    """Tell whether a path is a plain file that begins or ends as a zip does."""
    return path.is_file() and zipfile.is_zipfile(path)


def students(archive: Archive, week: str = "") -> list[ZippedStudent]:
    """Sort the files of a zip by student.

    Args:
        archive: A zip as Canvas or Moodle writes it, or one with a folder or a zip per student.
        week: The week's id; tells a student's folder for the week from a folder around them all.

    Returns:
        The students, sorted by name. Names are not unique where the zip's are not. A file that
        belongs to nobody is a student of its own, with a name that cannot be one and a problem.
    """
    found: dict[tuple[str, str], ZippedStudent] = {}
    around = _wrapper([m for m in archive.members if m.problem != _OUTSIDE], week)
    for member in archive.members:
        path = member.path[1:] if around and member.problem != _OUTSIDE else member.path
        _sort_in(member, path, found)
    for student in found.values():
        if len(student.uploads) > MAX_STUDENT_MEMBERS:
            student.uploads.clear()
            student.problem = f"refused: more than {MAX_STUDENT_MEMBERS} files"
        student.uploads[:] = _latest(student) if student.lms == "canvas" else student.uploads
    return sorted(found.values(), key=lambda student: (student.name, student.lms_id))


def _sort_in(
    member: Member, path: tuple[str, ...], found: dict[tuple[str, str], ZippedStudent]
) -> None:
    first = path[0]
    if member.problem == _OUTSIDE:
        _nobodys(member, member.problem, found)
    elif len(path) > 1:
        moodle = _MOODLE.fullmatch(first)
        if not moodle:
            _student(found, "", first, "").uploads.append(Upload(path[1:], member))
        elif moodle["kind"] == "file":
            _moodle(found, moodle).uploads.append(Upload(path[1:], member))
        else:
            _moodle(found, moodle)
    elif match := _CANVAS_ANONYMOUS.fullmatch(first) or _CANVAS.fullmatch(first):
        notes = ("Canvas marks the file as late.",) if match["late"] else ()
        _canvas(found, match).uploads.append(Upload((match["file"],), member, notes))
    elif match := _MOODLE.fullmatch(first):
        student = _moodle(found, match)
        if match["kind"] == "file" and match["file"]:
            student.uploads.append(Upload((match["file"],), member))
    elif match := _CANVAS_TEXT.fullmatch(first):
        _canvas(found, match)
    elif first.lower().endswith(".zip"):
        _student(found, "", first[:-4], "").uploads.append(Upload((first,), member))
    elif first.lower().endswith(".ipynb"):
        _nobodys(member, "lies loose in the zip: its name says no student", found)


def _student(
    found: dict[tuple[str, str], ZippedStudent], lms: str, name: str, lms_id: str
) -> ZippedStudent:
    key = (lms, lms_id) if lms else ("", name)
    label = f"{name}_{lms_id}" if lms else name
    return found.setdefault(key, ZippedStudent(label, lms, lms_id))


def _moodle(found: dict[tuple[str, str], ZippedStudent], match: re.Match[str]) -> ZippedStudent:
    return _student(found, "moodle", match["name"], match["id"])


def _canvas(found: dict[tuple[str, str], ZippedStudent], match: re.Match[str]) -> ZippedStudent:
    return _student(found, "canvas", match["name"] or "student", match["id"])


def _nobodys(member: Member, problem: str, found: dict[tuple[str, str], ZippedStudent]) -> None:
    name = "?/" + "/".join(map(printable, member.path))  # no student's name holds these
    found.setdefault(("nobody", name), ZippedStudent(name, problem=f"refused: {problem}"))


def _wrapper(members: list[Member], week: str) -> bool:
    """Tell whether one folder lies around all the students' folders."""
    tops = {member.path[0] for member in members}
    if len(tops) != 1 or not members or _MOODLE.fullmatch(next(iter(tops))):
        return False
    if any(len(member.path) < 2 for member in members):
        return False
    inside = [member.path[1:] for member in members]
    below = {path[0] for path in inside if len(path) > 1}
    loose = [path[0] for path in inside if len(path) == 1]
    if any(_CANVAS.fullmatch(n) or _CANVAS_ANONYMOUS.fullmatch(n) for n in loose):
        return True
    if any(_MOODLE.fullmatch(name) for name in below):
        return True
    notebooks = [name for name in loose if name.lower().endswith((".ipynb", ".zip"))]
    if notebooks and not below:
        # Zips side by side are students'; notebooks are one student's.
        return len(notebooks) > 1 and all(name.lower().endswith(".zip") for name in notebooks)
    return not notebooks and bool(below) and week not in below


def _latest(student: ZippedStudent) -> Iterator[Upload]:
    """Of a file that was handed in again, keep the one that came last."""
    by_name: dict[str, list[tuple[int, int, Upload]]] = {}
    for upload in student.uploads:
        name = upload.path[-1]
        again = _RESUBMITTED.fullmatch(name)
        number = int(again["number"]) if again else 0
        match = _CANVAS_ANONYMOUS.fullmatch(upload.member.path[-1]) or _CANVAS.fullmatch(
            upload.member.path[-1]
        )
        came = int(match["upload"][:30]) if match else 0
        plain = again["stem"] + again["end"] if again else name
        by_name.setdefault(plain, []).append((came, number, upload))
    for plain, uploads in by_name.items():
        uploads.sort(key=lambda each: each[:2])
        last = uploads[-1][2]
        if len(uploads) == 1:
            yield last
            continue
        names = printable(plain), printable(last.path[-1])
        note = f"{names[0]} was handed in {len(uploads)} times; the last one, {names[1]}, counts."
        yield Upload((plain,), last.member, (*last.notes, note))


# Names and kinds ---------------------------------------------------------------------------------


def printable(text: str, longest: int = 80) -> str:
    """Make a stranger's text safe to print: no control or direction characters, not too long."""
    shown = "".join(c if c.isprintable() else "?" for c in text[: longest + 1])
    return shown if len(text) <= longest else shown[: longest - 1] + "…"


def _path(info: zipfile.ZipInfo) -> tuple[tuple[str, ...], str]:
    """Return a file's folders and name, and why it must not be read, if so."""
    raw = _name(info)
    parts = raw.split("/")
    shown = tuple(printable(part) for part in re.split(r"[/\\]", raw[:MAX_NAME]) if part)
    outside = raw.startswith("/") or re.match(r"[A-Za-z]:", raw) or ".." in parts or "\\" in raw
    if outside or "\0" in raw:
        return shown, _OUTSIDE
    if len(raw) > MAX_NAME:
        return shown, "has a name that is too long"
    return tuple(part for part in parts if part not in ("", ".")), ""


def _name(info: zipfile.ZipInfo) -> str:
    """Return a file's name as it was meant.

    Python takes a name without the mark for UTF-8 as code page 437, as the format says; many
    programs write UTF-8 there all the same.
    """
    name = info.orig_filename
    if not info.flag_bits & _NAME_IS_UTF8 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.orig_filename
    return unicodedata.normalize("NFC", name)


def _kind_problem(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not a file: hand in the file itself"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted: hand it in without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way: make an ordinary zip"
    return ""


# Limits ------------------------------------------------------------------------------------------


def _demand_modest(size: int, packed: int, budget: Budget) -> None:
    if size > MAX_FILE_BYTES:
        raise ArchiveError(
            f"unpacks to more than {MAX_FILE_BYTES // 2**20} MiB: clear all outputs and hand in "
            "again"
        )
    if size > _RATIO_COUNTS_FROM and size > MAX_RATIO * packed:
        raise ArchiveError(f"unpacks to more than {MAX_RATIO} times its size, as a zip bomb does")
    if budget.left < 0:
        raise ArchiveError(
            f"and the student's other files unpack to more than {MAX_STUDENT_BYTES // 2**20} MiB"
        )


def _count(file: BinaryIO, mark: bytes) -> int:
    """Count where a mark stands in a file, in pieces; the file is at its beginning again after."""
    total, rest = 0, b""
    while piece := file.read(_PIECE):
        total += (rest + piece).count(mark)
        rest = (rest + piece)[-(len(mark) - 1) :]
    file.seek(0)
    return total

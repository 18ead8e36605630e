"""Writes a week's points as the CSV files that Canvas and Moodle import.

Both know a student by an id of their own. It comes from the zip that the system made (see
:mod:`autograder.archives`) or from a roster: a CSV file with a column ``student``, the name of the
student's folder, and any of ``id``, ``name``, ``email``, ``id_number``, ``login``, ``section``.

Canvas: https://community.canvaslms.com, "How do I import grades in the Gradebook?". Moodle: the
file is an offline grading worksheet of its assignment, and can be imported into its gradebook too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path

from autograder.intake import Location
from autograder.results import HandInResult, NotebookResult, Outcome
from autograder.scores import Gradebook, safe, scores_of

_BOM = "\ufeff"  # without it Excel takes UTF-8 for something else; Moodle knows to skip it
_SHOWN = 5


class ExportError(Exception):
    """The points cannot be written for this system. The text says what to do."""


@dataclass(frozen=True)
class Person:
    """What a learning management system knows a student by.

    Attributes:
        student: The name of the student's folder.
        id: Canvas's user id, or Moodle's participant id.
        name: Her name, for people who read the file.
        email: Her e-mail address, as Moodle has it.
        id_number: Canvas's "SIS User ID", or Moodle's "ID number".
        login: Canvas's "SIS Login ID", or Moodle's user name.
        section: Her section; Canvas wants the column, not its contents.
        lms: The system that ``id`` belongs to; empty where the roster gave it.
    """

    student: str
    id: str = ""
    name: str = ""
    email: str = ""
    id_number: str = ""
    login: str = ""
    section: str = ""
    lms: str = ""

    def id_of(self, lms: str) -> str:
        """Return the id if it is one of that system."""
        return self.id if self.lms in ("", lms) else ""


Roster = Mapping[str, Person]
_COLUMNS = tuple(field.name for field in fields(Person) if field.name != "lms")


@dataclass(frozen=True)
class Export:
    """A file for a learning management system.

    Attributes:
        text: Its contents.
        left_out: Students without a row, since nothing of theirs was graded: an empty grade would
            delete one that the system has.
    """

    text: str
    left_out: tuple[str, ...]


def roster_from(locations: Iterable[Location]) -> dict[str, Person]:
    """Return what the names in a zip of hand-ins tell about the students."""
    return {
        place.student: Person(place.student, place.lms_id, lms=place.lms)
        for place in locations
        if place.lms_id
    }


def read_roster(path: Path) -> dict[str, Person]:
    """Read a roster.

    Args:
        path: A CSV file, UTF-8, with commas or semicolons. Unknown columns are ignored.

    Raises:
        ExportError: If it cannot be read, lacks a column, or has a student twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ExportError(f"cannot read the roster {str(path)!r}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ExportError(f"the roster {str(path)!r} is not UTF-8: save it as CSV UTF-8") from None
    header = text.partition("\n")[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as error:
        raise ExportError(f"the roster {str(path)!r} is no CSV file: {error}") from None
    names = [name.strip().lower().replace(" ", "_") for name in rows[0]] if rows else []
    if "student" not in names or not set(names) & set(_COLUMNS[1:]):
        raise ExportError(
            f"the roster {str(path)!r} needs a column student (the folder's name) and one or more "
            f"of {', '.join(_COLUMNS[1:])}"
        )
    return _people(rows[1:], names, path)


def _people(rows: Sequence[Sequence[str]], names: Sequence[str], path: Path) -> dict[str, Person]:
    roster: dict[str, Person] = {}
    for number, row in enumerate(rows, start=2):
        values = dict(zip(names, (value.strip() for value in row), strict=False))
        if not values.get("student"):
            continue
        person = Person(**{name: values[name] for name in _COLUMNS if name in values})
        if person.student in roster:
            raise ExportError(
                f"the roster {str(path)!r} has {person.student!r} again in row {number}: keep one"
            )
        roster[person.student] = person
    return roster


def canvas(
    results: Sequence[HandInResult],
    roster: Roster,
    assignment: str = "",
    changed: Gradebook | None = None,
) -> Export:
    """Write a file for Canvas's gradebook.

    Args:
        results: The results of one week.
        roster: The students.
        assignment: The column's name as Canvas exports it, ``Week 1 (1234)``; the number in
            brackets names the assignment for certain. Without it Canvas looks for an assignment
            with the week's id as its name, and offers to make one.
        changed: Points that a person changed, by student and exercise; they win.

    Raises:
        ExportError: If a student is not known to the roster, or two have one id.
    """
    graded, left_out = _split(results)
    people = _known(graded, roster, "canvas", ("id", "id_number", "login"))
    for person in people:
        if person.id_of("canvas") and not person.id_of("canvas").isdecimal():
            raise ExportError(f"the Canvas id of {person.student!r} is no number: {person.id!r}")
    points = _number(max((result.points for result in results), default=0.0))
    column = assignment or (results[0].week if results else "points")
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", safe(column)]]
    rows += [["    Points Possible", "", "", "", "", points]]
    for result, person in zip(graded, people, strict=True):
        row = [person.name or result.student, person.id_of("canvas")]
        row += [person.id_number, person.login, person.section]
        rows.append([*map(safe, row), _earned(result, changed)])
    return Export(_csv(rows), left_out)


def moodle(
    results: Sequence[HandInResult], roster: Roster, changed: Gradebook | None = None
) -> Export:
    """Write a file for Moodle: for the assignment's offline grading worksheet, or the gradebook.

    For the worksheet the roster's ``id`` must be Moodle's identifier ("Participant 123", or 123),
    as it stands in the zip's names; for the gradebook one of ``email``, ``id_number`` and ``login``
    will do.

    Args:
        results: The results of one week.
        roster: The students.
        changed: Points that a person changed, by student and exercise; they win.

    Raises:
        ExportError: If a student is not known to the roster, or two have one id.
    """
    graded, left_out = _split(results)
    people = _known(graded, roster, "moodle", ("id", "email", "id_number", "login"), alike=True)
    header = ["Identifier", "Full name", "ID number", "Email address", "Username", "Grade"]
    header += ["Maximum Grade", "Last modified (grade)", "Feedback comments"]
    rows = [header]
    for result, person in zip(graded, people, strict=True):
        number = person.id_of("moodle")
        identifier = f"Participant {number}" if number.isdecimal() else number
        row = [identifier, person.name or result.student]
        row += [person.id_number, person.email, person.login]
        points = [_earned(result, changed), _number(result.points), "-"]
        rows.append([*map(safe, row), *points, safe(_comment(result, changed))])
    return Export(_BOM + _csv(rows), left_out)


# Students ----------------------------------------------------------------------------------------


def _split(
    results: Sequence[HandInResult],
) -> tuple[list[HandInResult], tuple[str, ...]]:
    graded = [result for result in results if result.graded]
    return graded, tuple(result.student for result in results if not result.graded)


def _known(
    results: Sequence[HandInResult],
    roster: Roster,
    lms: str,
    keys: Sequence[str],
    alike: bool = False,
) -> list[Person]:
    """Return the person of each result; all known by the same key if ``alike``."""
    title = lms.capitalize()
    unknown = [r.student for r in results if r.student not in roster]
    if unknown:
        raise ExportError(
            f"{title} does not know {_list(unknown)}: name a roster (--roster roster.csv) with the "
            f"columns student and {' or '.join(keys)}, and a row for each of them"
        )
    people = [roster[result.student] for result in results]

    def value(person: Person, key: str) -> str:
        return person.id_of(lms) if key == "id" else str(getattr(person, key))

    missing = [p.student for p in people if not any(value(p, key) for key in keys)]
    if missing:
        raise ExportError(
            f"the roster has nothing that {title} knows {_list(missing)} by: fill in "
            f"{' or '.join(keys)}"
        )
    if alike and people and not any(all(value(p, key) for p in people) for key in keys):
        raise ExportError(
            f"{title} needs one column of {', '.join(keys)} that is filled in for every student"
        )
    for key in keys:
        _demand_unique(people, lambda person, key=key: value(person, key))
    return people


def _demand_unique(people: Sequence[Person], value: Callable[[Person], str]) -> None:
    seen: dict[str, str] = {}
    for person in people:
        one = value(person).lower()
        if one and one in seen:
            raise ExportError(
                f"{seen[one]!r} and {person.student!r} are both {value(person)!r} in the roster"
            )
        seen[one] = person.student


def _list(students: Sequence[str]) -> str:
    shown = ", ".join(map(repr, students[:_SHOWN]))
    more = len(students) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


# Cells -------------------------------------------------------------------------------------------


def _earned(result: HandInResult, changed: Gradebook | None) -> str:
    return _number(sum(scores_of(result, (changed or {}).get(result.student, {})).values()))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _comment(result: HandInResult, changed: Gradebook | None) -> str:
    """Say where the points come from. Moodle shows the text as HTML."""
    scores = scores_of(result, (changed or {}).get(result.student, {}))
    return "<br>".join(escape(_line(notebook, scores)) for notebook in result.notebooks)


def _line(notebook: NotebookResult, scores: Mapping[str, float]) -> str:
    if notebook.outcome in (Outcome.REFUSED, Outcome.MISSING):
        return f"{notebook.notebook}: {notebook.message or notebook.outcome}"
    parts = [
        f"{exercise.exercise} {_number(scores[exercise.exercise])}/{_number(exercise.points)}"
        for exercise in notebook.exercises
    ]
    return f"{notebook.notebook}: {', '.join(parts)}"


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()

"""Lists what the course holds, as the table that stands in the README."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.build import read_execution
from autograder.course import Course, find_course
from autograder.source import CellKind, SourceNotebook, read_week

BEGIN, END = "<!-- syllabus: made by `autograder syllabus --write` -->", "<!-- end of syllabus -->"

# A row of the table at a lesson's top, where the names' alphabet is not the order to take them in.
_PLACE = re.compile(r"^\| place \| (\d+) of \d+", re.MULTILINE | re.IGNORECASE)
_EXERCISE_MINUTES = re.compile(r"^## Exercise .*\((\d+) points? · about (\d+) min\)", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """What a reader wants to know of a lesson before she starts.

    Attributes:
        week: Its week's folder.
        name: Its file's name without ending.
        place: Its place in the week, 0 where it names none.
        title: Its first heading.
        exercises: The number of graded exercises.
        visible: The number of checks that a learner sees.
        hidden: The number of checks that run when it is graded.
        points: The sum of its exercises' points.
        minutes: The sum of the times that its exercises' headings name.
        seconds: How long its solution ran on two CPU cores.
    """

    week: str
    name: str
    place: int
    title: str
    exercises: int
    visible: int
    hidden: int
    points: int
    minutes: int
    seconds: float


def read_lesson(source: SourceNotebook) -> Lesson:
    """Sum a lesson up from its source and its committed execution."""
    words = "\n\n".join(cell.text for cell in source.of_kind(CellKind.MARKDOWN))
    title = re.search(r"^# (.+)$", words, re.MULTILINE)
    place = _PLACE.search(words)
    checks = source.of_kind(CellKind.CHECK)
    executed = source.path.with_suffix(".ipynb")
    seconds = 0.0
    if executed.is_file():
        seconds = read_execution(nbformat.read(executed, as_version=4)).seconds
    return Lesson(
        week=source.week,
        name=source.name,
        place=int(place.group(1)) if place else 0,
        title=title.group(1).strip() if title else source.name,
        exercises=len(checks),
        visible=sum(cell.visible for cell in checks),
        hidden=sum(cell.hidden for cell in checks),
        points=sum(cell.points for cell in checks),
        minutes=sum(int(found.group(2)) for found in _EXERCISE_MINUTES.finditer(words)),
        seconds=seconds,
    )


def read_lessons(course: Course) -> list[Lesson]:
    """Sum up every lesson of the course, by week, place and name."""
    lessons = [
        read_lesson(source)
        for week in course.weeks()
        for source in read_week(course.require_week(week))
    ]
    return sorted(lessons, key=lambda lesson: (lesson.week, lesson.place, lesson.name))


def as_markdown(lessons: list[Lesson]) -> str:
    """Lay lessons out as a Markdown table with a line for the sum."""
    rows = [
        "| Week | Notebook | Exercises | Checks (hidden) | Points | Exercise time | Runs in |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for lesson in lessons:
        link = f"[{lesson.title}](notebooks/{lesson.week}/{lesson.name}.ipynb)"
        rows.append(
            f"| {_week_number(lesson.week)} | {link} | {lesson.exercises} "
            f"| {lesson.visible + lesson.hidden} ({lesson.hidden}) | {lesson.points} "
            f"| {_hours(lesson.minutes)} | {lesson.seconds:.0f} s |"
        )
    hidden = sum(lesson.hidden for lesson in lessons)
    sums = [
        str(sum(lesson.exercises for lesson in lessons)),
        f"{sum(lesson.visible for lesson in lessons) + hidden} ({hidden})",
        str(sum(lesson.points for lesson in lessons)),
        _hours(sum(lesson.minutes for lesson in lessons)),
        f"{sum(lesson.seconds for lesson in lessons):.0f} s",
    ]
    rows.append("| | **In all** | " + " | ".join(f"**{value}**" for value in sums) + " |")
    return "\n".join(rows)


def write_into(page: Path, table: str) -> bool:
    """Put the table between its two marks in a page.

    Args:
        page: A Markdown file that holds both marks.
        table: The table.

    Returns:
        Whether the page changed.

    Raises:
        ValueError: If a mark is missing.
    """
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page} needs the lines `{BEGIN}` and `{END}`")
    head, rest = text.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    new = f"{head}{BEGIN}\n\n{table}\n\n{END}{tail}"
    if new != text:
        page.write_text(new, encoding="utf-8")
    return new != text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``autograder syllabus``."""
    parser.add_argument("--write", action="store_true", help="put the table into README.md")


def run(arguments: argparse.Namespace) -> int:
    """Run ``autograder syllabus``; return its exit status."""
    course = find_course()
    table = as_markdown(read_lessons(course))
    if arguments.write:
        changed = write_into(course.root / "README.md", table)
        print("README.md: syllabus renewed" if changed else "README.md: syllabus is up to date")
    else:
        print(table)
    return 0


def _week_number(week: str) -> str:
    number = re.match(r"week(\d+)", week)
    return number.group(1) if number else week


def _hours(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60:02d} min"

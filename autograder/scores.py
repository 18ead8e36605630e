"""Scores for people: the table at the end of grading, and a CSV file for a spreadsheet."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence

from autograder.results import HandInResult, NotebookResult, Outcome

# What a person changed in the gradebook: points by student, then by exercise.
Gradebook = Mapping[str, Mapping[str, float]]


def table(results: Sequence[HandInResult]) -> str:
    """Lay the results of one week out as a table, a line for each hand-in.

    Args:
        results: The results; all of the same week.

    Returns:
        Lines of text: student, points for each notebook, sum, status.
    """
    notebooks = _notebook_names(results)
    header = ["student", *notebooks, "total", "status"]
    rows = [_table_row(result, notebooks) for result in results]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header) - 1)]
    lines = []
    for row in [header, ["-" * width for width in [*widths, 6]], *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:], strict=True)]
        lines.append("  ".join([*cells, row[-1]]))
    return "\n".join(lines)


def _table_row(result: HandInResult, notebooks: Sequence[str]) -> list[str]:
    by_name = {notebook.notebook: notebook for notebook in result.notebooks}
    points = [_points(by_name[name]) if name in by_name else "-" for name in notebooks]
    total = f"{result.earned:g}/{result.points:g}" if result.graded else "-"
    return [result.student, *points, total, result.status]


def _points(notebook: NotebookResult) -> str:
    if notebook.outcome in (Outcome.REFUSED, Outcome.MISSING):
        return "-"
    return f"{notebook.earned:g}/{notebook.points:g}"


def _notebook_names(results: Sequence[HandInResult]) -> list[str]:
    return list(dict.fromkeys(n.notebook for result in results for n in result.notebooks))


def to_csv(weeks: Mapping[str, Sequence[HandInResult]], gradebooks: Mapping[str, Gradebook]) -> str:
    """Write all weeks as CSV: one row for each student.

    Args:
        weeks: The results by week.
        gradebooks: By week, the points as the gradebook has them, with what a person changed by
            hand; they win over the results.

    Returns:
        CSV text. The columns are ``student``; for each week ``WEEK/EXERCISE`` for each exercise,
        then ``WEEK points``, ``WEEK max`` and ``WEEK status``; at the end ``points`` and ``max``.
        An exercise whose notebook was refused stays empty: nobody has judged it yet.
    """
    students = sorted({result.student for results in weeks.values() for result in results})
    header = ["student"]
    rows = {student: [safe(student)] for student in students}
    totals = {student: [0.0, 0.0] for student in students}
    for week, results in weeks.items():
        exercises = _exercise_names(results)
        header += [f"{week}/{name}" for name in exercises]
        header += [f"{week} {name}" for name in ("points", "max", "status")]
        by_student = {result.student: result for result in results}
        points = max((result.points for result in results), default=0.0)
        for student in students:
            result = by_student.get(student)
            scores = scores_of(result, gradebooks.get(week, {}).get(student, {})) if result else {}
            earned = round(sum(scores.values()), 2)
            row = [f"{scores[name]:g}" if name in scores else "" for name in exercises]
            status = safe(result.status) if result else "not handed in"
            rows[student] += [*row, f"{earned:g}", f"{points:g}", status]
            totals[student][0] += earned
            totals[student][1] += points
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*header, "points", "max"])
    for student in students:
        writer.writerow([*rows[student], *(f"{value:g}" for value in totals[student])])
    return text.getvalue()


def _exercise_names(results: Sequence[HandInResult]) -> list[str]:
    return list(
        dict.fromkeys(e.exercise for r in results for n in r.notebooks for e in n.exercises)
    )


def scores_of(result: HandInResult, changed: Mapping[str, float]) -> dict[str, float]:
    """Return the points of each exercise that was judged; what a person changed wins."""
    return {
        exercise.exercise: changed.get(exercise.exercise, exercise.earned)
        for notebook in result.notebooks
        if notebook.outcome is not Outcome.REFUSED
        for exercise in notebook.exercises
    }


def safe(text: str) -> str:
    """Keep a spreadsheet from reading a student's text as a formula.

    Spreadsheets take some wide forms of the signs for the signs themselves, and skip what cannot
    be seen before them.
    """
    visible = "".join(c for c in text if c.isprintable())
    begins = unicodedata.normalize("NFKC", visible).lstrip()[:1]
    return f"'{visible}" if begins and begins in "=+-@|" else visible

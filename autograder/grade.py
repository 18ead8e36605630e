"""Grades a folder of hand-ins: ``autograder grade WEEK SUBMISSIONS``.

Each hand-in goes its way alone: read as data, rebuilt from the course's own cells, its code run in
one sandbox and its checks in another, entered into the gradebook, given its feedback. Whatever is
wrong with one of them becomes its line in the table.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from autograder import coursework, exports, intake
from autograder.course import Course, CourseError, find_course
from autograder.coursework import CourseNotebook, Week
from autograder.intake import HandIn, IntakeError, Location, ReadNotebook
from autograder.rebuild import rebuild
from autograder.results import (
    ExerciseResult,
    HandInResult,
    NotebookResult,
    Outcome,
    from_json,
    to_json,
    write_atomically,
)
from autograder.sandbox import Sandbox, find_sandbox, why_no_sandbox
from autograder.scores import table, to_csv

if TYPE_CHECKING:
    from autograder.engine import Engine, Limits

# Raise it when the same hand-in would be graded differently: old results are then graded again.
GRADER_VERSION = 2

Progress = Callable[[str], None]


def grade_week(
    week: str,
    submissions: Path,
    *,
    output: Path,
    course: Path,
    force: bool = False,
    limits: Limits | None = None,
    unsafe: bool = False,
    progress: Progress = lambda line: None,
) -> list[HandInResult]:
    """Grade all hand-ins of a week.

    A hand-in whose files and exercises have not changed since it was graded keeps its result; so a
    run that was interrupted goes on where it ended.

    Args:
        week: The week's id, such as ``week1_convolutions``.
        submissions: A folder per student, with notebooks in it or in a folder named as the week; or
            the zip file that an LMS made of one.
        output: Where ``gradebook.db``, ``feedback``, ``scores.csv`` and the rest go.
        course: The course's folder, with ``solutions`` and ``notebooks``.
        force: Grade again what has been graded.
        limits: What one notebook may use.
        unsafe: Run hand-ins WITHOUT a sandbox, with your rights; every result is marked so.
        progress: Called with a line of text after each hand-in.

    Returns:
        One result for each student, sorted by name.

    Raises:
        CourseError: If there is no such week, its gradebook does not fit, or there is no sandbox.
        IntakeError: If there is no hand-in at all.
    """
    from autograder.engine import ExaminedEngine  # slow to import

    place = Course(course.resolve())
    plan = coursework.load_week(place, week)
    locations = intake.find(submissions, week)
    sandbox = None if unsafe else _require_sandbox()
    engine = ExaminedEngine(output, plan, place, limits, sandbox=sandbox)
    batch = _Batch(plan, engine, output, _owners(place), unsafe)
    try:
        results = _grade_all(locations, batch, force, progress)
    finally:
        engine.close()
    _write_summaries(batch, results)
    return results


def _require_sandbox() -> Sandbox:
    sandbox = find_sandbox()
    if sandbox is None:
        raise CourseError(
            f"{why_no_sandbox()} Learners' code is not run without a sandbox. If you trust every "
            "hand-in, or grade inside a container already, use --unsafe-no-sandbox."
        )
    return sandbox


def _grade_all(
    locations: Sequence[Location], batch: _Batch, force: bool, progress: Progress
) -> list[HandInResult]:
    batch.engine.prepare()
    entered = set() if force else set(batch.engine.scores())
    results = []
    for number, location in enumerate(locations, start=1):
        result, note = _grade_or_keep(location, batch, entered)
        results.append(result)
        points = f"{result.earned:g}/{result.points:g}" if result.graded else "-"
        progress(f"[{number}/{len(locations)}] {result.student}: {points} {result.status} ({note})")
    return results


@dataclass(frozen=True)
class _Batch:
    """What all hand-ins of a run share."""

    week: Week
    engine: Engine
    output: Path
    owners: dict[str, str]
    unsafe: bool


def _grade_or_keep(
    location: Location, batch: _Batch, entered: Collection[str]
) -> tuple[HandInResult, str]:
    """Grade a hand-in, or keep its result where nothing has changed; say which."""
    begin = perf_counter()
    hand_in = intake.read(location, batch.week, batch.owners)
    if not intake.is_student_name(hand_in.student):  # no name for a file or the gradebook either
        return HandInResult(hand_in.student, batch.week.name, (), hand_in.problem), "not entered"
    record = batch.output / "results" / batch.week.name / f"{hand_in.student}.json"
    fingerprint = _fingerprint(batch.week, hand_in, batch.unsafe)
    if hand_in.student in entered:
        earlier = _earlier(record, fingerprint, batch.output)
        if earlier is not None:
            return earlier, "graded before"
    record.unlink(missing_ok=True)
    result = _grade(hand_in, batch)
    seconds = round(perf_counter() - begin, 2)
    # A failure of the grader's own is tried again next time.
    failed = any(notebook.outcome is Outcome.ERROR for notebook in result.notebooks)
    result = replace(
        result, fingerprint="" if failed else fingerprint, seconds=seconds, unsafe=batch.unsafe
    )
    write_atomically(record, to_json(result))
    return result, f"{seconds:.1f} s"


def _grade(hand_in: HandIn, batch: _Batch) -> HandInResult:
    """Grade one hand-in; whatever happens becomes its result."""
    readable = [n for n in hand_in.notebooks if n.cells is not None]
    try:
        rebuilt = [rebuild(n.notebook, n.cells or (), n.repairs) for n in readable]
        graded = batch.engine.grade(hand_in.student, rebuilt)
        if graded:
            batch.engine.write_feedback(hand_in.student)
    except Exception as error:
        graded = {n.notebook.name: _grader_failed(n.notebook, error) for n in readable}
    notebooks = tuple(graded.get(n.notebook.name) or _not_graded(n) for n in hand_in.notebooks)
    return HandInResult(hand_in.student, batch.week.name, notebooks, hand_in.problem)


def _grader_failed(notebook: CourseNotebook, error: Exception) -> NotebookResult:
    message = f"{notebook.name}: the grader failed ({type(error).__name__}), see grading.log"
    return _without_points(notebook, Outcome.ERROR, message)


def _not_graded(read: ReadNotebook) -> NotebookResult:
    outcome = Outcome.MISSING if read.missing else Outcome.REFUSED
    return _without_points(read.notebook, outcome, read.problem)


def _without_points(notebook: CourseNotebook, outcome: Outcome, message: str) -> NotebookResult:
    exercises = tuple(
        ExerciseResult(cell.exercise, cell.points, 0.0, outcome) for cell in notebook.checks
    )
    return NotebookResult(notebook.name, outcome, exercises, message)


# What is kept from run to run --------------------------------------------------------------------


def _fingerprint(week: Week, hand_in: HandIn, unsafe: bool) -> str:
    parts = [str(GRADER_VERSION), str(unsafe), *(n.digest for n in week.notebooks), hand_in.digest]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _earlier(record: Path, fingerprint: str, output: Path) -> HandInResult | None:
    """Return the result of an earlier run if it is complete and still holds."""
    try:
        result = from_json(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    pages = output / "feedback" / result.student / result.week
    complete = all(
        (pages / f"{notebook.notebook}.html").is_file()
        for notebook in result.notebooks
        if notebook.outcome not in (Outcome.MISSING, Outcome.REFUSED)
    )
    return result if complete and result.fingerprint == fingerprint else None


def _owners(course: Course) -> dict[str, str]:
    """Return the notebook that each exercise of the course belongs to, as "NAME of WEEK"."""
    return {
        exercise: f"{name} of {week}"
        for week, name, exercises in coursework.exercise_owners(course)
        for exercise in exercises
    }


def _write_summaries(batch: _Batch, results: Sequence[HandInResult]) -> None:
    """Write ``results.json`` for this week, and ``scores.csv`` over all weeks graded so far."""
    listed = ",\n".join(to_json(result) for result in results)
    write_atomically(batch.output / "results.json", f"[\n{listed}\n]\n")
    weeks = _recorded_weeks(batch.output)
    # Who is not entered under a name of her own has no record, but a line in the spreadsheet.
    current = {result.student: result for result in weeks.get(batch.week.name, [])}
    weeks[batch.week.name] = list({**current, **{r.student: r for r in results}}.values())
    gradebooks = {week: batch.engine.scores(week) for week in weeks}
    write_atomically(batch.output / "scores.csv", to_csv(weeks, gradebooks))


def _recorded_weeks(output: Path) -> dict[str, list[HandInResult]]:
    weeks: dict[str, list[HandInResult]] = {}
    for record in sorted((output / "results").glob("*/*.json")):
        try:
            result = from_json(record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        weeks.setdefault(record.parent.name, []).append(result)
    return weeks


# The command -------------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``autograder grade`` to a parser."""
    parser.description = (
        "Grade a folder of hand-ins. Learners' code runs in a bubblewrap sandbox; its answers are "
        "judged in another process."
    )
    parser.add_argument("week", metavar="WEEK", help="the week's id, such as week1_convolutions")
    parser.add_argument(
        "submissions",
        metavar="SUBMISSIONS",
        type=Path,
        help="a folder per student with the notebooks in it, nbgrader's submitted/ tree, or the "
        "zip that Canvas or Moodle made",
    )
    parser.add_argument(
        "--output", type=Path, default=Path("grading"), help="folder for results (default: grading)"
    )
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run learners' code with YOUR rights on this machine; results are marked as unsafe",
    )
    parser.add_argument("--force", action="store_true", help="grade again what has been graded")
    parser.add_argument(
        "--export", choices=("canvas", "moodle"), help="write the points in an LMS's CSV form, too"
    )
    parser.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="CSV with the LMS's ids of students, for --export (see docs/grading.md)",
    )
    parser.add_argument(
        "--canvas-assignment",
        metavar="NAME",
        help="the assignment's column in Canvas's gradebook, for --export canvas: 'Week 1 (1234)'",
    )


def run(args: argparse.Namespace) -> int:
    """Run ``autograder grade``.

    Returns:
        0 when everything that could be graded was graded, even if some hand-ins were refused; 2
        when nothing could be done; 130 when it was interrupted.
    """
    if args.unsafe_no_sandbox:
        print("UNSAFE: hand-ins run without a sandbox, with your rights.", file=sys.stderr)
    try:
        results = grade_week(
            args.week,
            args.submissions,
            output=args.output,
            course=find_course().root,
            force=args.force,
            unsafe=args.unsafe_no_sandbox,
            progress=lambda line: print(line, flush=True),
        )
    except (CourseError, IntakeError) as error:
        print(f"autograder grade: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again to go on.", file=sys.stderr)
        return 130
    output = args.output
    print(f"\n{table(results)}\n")
    print(f"Scores:    {output / 'scores.csv'} (every check: {output / 'results.json'})")
    print(f"Feedback:  {output / 'feedback'}{os.sep}STUDENT{os.sep}{args.week}")
    print(f"Gradebook: {output / 'gradebook.db'}")
    if args.export:
        try:
            _write_export(args, results)
        except (exports.ExportError, IntakeError) as error:
            print(f"autograder grade: {error}", file=sys.stderr)
            return 2
    return 0


def _write_export(args: argparse.Namespace, results: Sequence[HandInResult]) -> None:
    from autograder.engine import read_scores  # slow to import

    roster = exports.roster_from(intake.find(args.submissions, args.week))
    if args.roster:
        roster |= exports.read_roster(args.roster)
    changed = read_scores(args.output / "gradebook.db", args.week)
    if args.export == "canvas":
        export = exports.canvas(results, roster, args.canvas_assignment or "", changed)
    else:
        export = exports.moodle(results, roster, changed)
    path = args.output / f"{args.week}_{args.export}.csv"
    write_atomically(path, export.text)
    print(f"{args.export.title() + ':':<10} {path}")
    if export.left_out:
        print(f"           left out, since nothing was graded: {', '.join(export.left_out)}")

"""What is committed: equal to what is built, complete, and silent about solutions."""

import base64
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest

from autograder.build import find_differences, read_execution
from autograder.course import Course
from autograder.execute import client_for, environment, find_problems
from autograder.run_checks import states_of
from autograder.source import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    CellKind,
    read_week,
)

COURSE = Course(Path(__file__).resolve().parent.parent)
SOURCES = [source for week in COURSE.weeks() for source in read_week(COURSE.solutions / week)]
LESSONS = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


@cache
def solution_of(source):
    return nbformat.read(source.path.with_suffix(".ipynb"), as_version=4)


@cache
def learners_version_of(source):
    path = COURSE.notebooks / source.week / f"{source.name}.ipynb"
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("week", COURSE.weeks())
def test_what_is_committed_equals_what_is_built(week):
    assert list(find_differences(COURSE, week)) == []


@LESSONS
def test_the_committed_execution_is_whole_and_quick_enough(source):
    notebook = solution_of(source)
    assert list(find_problems(notebook)) == []
    assert 0 < read_execution(notebook).seconds < 300


def split(text):
    """Part a cell's lines into those that stay in the open and those that must not be published."""
    shown, kept = set(), set()
    inside = False
    for line in text.splitlines():
        if BEGIN_SOLUTION in line or BEGIN_HIDDEN in line:
            inside = True
        elif END_SOLUTION in line or END_HIDDEN in line:
            inside = False
        else:
            (kept if inside else shown).add(line.strip())
    return shown, kept


def secrets():
    """Lines of solutions and hidden checks that say something, and stand nowhere in the open."""
    parts = [split(cell.text) for source in SOURCES for cell in source.cells]
    shown = set().union(*(part for part, _ in parts))
    kept = set().union(*(part for _, part in parts))
    return {line for line in kept - shown if len(line) > 12}


def test_no_solution_and_no_hidden_check_in_any_learners_file():
    looked_for = secrets()
    assert len(looked_for) > 100
    for path in sorted(COURSE.notebooks.rglob("*")):
        if not path.is_file() or ".ipynb_checkpoints" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert BEGIN_HIDDEN not in text and "checks.hidden" not in text
        assert BEGIN_SOLUTION not in text
        lines = {line.strip() for line in text.splitlines()}
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            lines = {line.strip() for cell in cells for line in "".join(cell["source"]).split("\n")}
            assert all(not cell.get("outputs") for cell in cells)
        leaked = looked_for & lines
        assert not leaked, f"{path}: {sorted(leaked)[:3]}"


@LESSONS
def test_the_learners_version_keeps_cells_in_order(source):
    learners = learners_version_of(source)
    assert [c.id for c in learners.cells] == [c.id for c in solution_of(source).cells]
    assert sum(s.points for s in states_of(learners)) == sum(c.points for c in source.cells)


@LESSONS
def test_the_learners_version_runs_with_not_implemented_as_the_only_error(source):
    notebook = nbformat.from_dict(learners_version_of(source))
    with (
        environment(COURSE_QUICK="1", TF_CPP_MIN_LOG_LEVEL="2"),
        client_for(notebook, COURSE.notebooks / source.week, allow_errors=True) as client,
    ):
        client.execute()
    exercises = {cell.exercise for cell in source.of_kind(CellKind.EXERCISE)}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type != "error":
                continue
            assert output.ename == "NotImplementedError", f"{cell.id}: {output.evalue}"
            named = re.search(r"Exercise (\w+) is still to be done", output.evalue)
            assert named and named.group(1) in exercises
    states = states_of(notebook)
    assert {state.exercise for state in states} == exercises
    assert {state.words for state in states} == {"to do"}


@LESSONS
def test_every_picture_has_alt_text_and_a_caption(source):
    pictures = 0
    for cell in solution_of(source).cells:
        outputs = cell.get("outputs", [])
        for number, output in enumerate(outputs):
            data = output.get("data", {})
            if not any(mime.startswith("image/") for mime in data):
                continue
            pictures += 1
            alt = output.metadata.get("image/png", {}).get("alt", "")
            assert len(alt) > 20, f"{cell.id}: a picture without alt text"
            assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
            after = outputs[number + 1].get("data", {}) if number + 1 < len(outputs) else {}
            assert "figure-caption" in after.get("text/html", ""), f"{cell.id}: no caption"
    assert pictures >= 5
    for cell in solution_of(source).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"!\[\s*\]\(|<img(?![^>]*\balt=)", cell.source), cell.id


@LESSONS
def test_notebooks_stay_small(source):
    assert source.path.with_suffix(".ipynb").stat().st_size < 4_000_000


@LESSONS
def test_each_exercise_has_a_heading_with_its_points(source):
    words = "\n".join(cell.text for cell in source.of_kind(CellKind.MARKDOWN))
    headings = re.findall(r"^## Exercise \d+ · .+\((\d+) points · about \d+ min\)", words, re.M)
    assert [int(points) for points in headings] == [
        cell.points for cell in source.of_kind(CellKind.CHECK)
    ]


def test_the_commands_for_learners(tmp_path):
    """`autograder check` exits 1 while something is to do; `progress` lists where she stands."""
    source = min(SOURCES, key=lambda s: len(s.cells))
    path = COURSE.notebooks / source.week / f"{source.name}.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", "check", str(path)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1, done.stderr
    assert f"0 of {len(source.of_kind(CellKind.CHECK))} exercises done" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", "progress", str(COURSE.notebooks)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    for cell in source.of_kind(CellKind.EXERCISE):
        assert re.search(rf"{cell.exercise}\s+0 of \d+\s+not run yet", done.stdout)

"""The sample class, graded as `make grade` does it, gets the scores that its answers deserve.

Expected points come from running the same answers and checks in plain Python, without notebooks,
kernels or nbgrader: two ways that must agree.
"""

import csv
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grade import grade_week
from autograder.results import Outcome
from autograder.sample_class import answers_of, read_class, write_class
from autograder.samples import Bench
from autograder.source import read_week

COURSE = Course(Path(__file__).resolve().parent.parent)
WEEK = "week1_convolutions"
SOURCES = {source.name: source for source in read_week(COURSE.solutions / WEEK)}
STUDENTS = {student.name: student for student in read_class(COURSE)}

# What a grader reads in the table, for each notebook that cannot be graded.
REFUSALS = {
    "truncated": "ends in the middle",
    "utf16": "UTF-16 text, not UTF-8",
    "another_week": "none of this notebook's exercises",
    "no_notebook": "not a notebook but a zip file",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    return tmp_path_factory.mktemp("grading")


@pytest.fixture(scope="module")
def graded(output):
    submissions = output / "class"
    write_class(COURSE, WEEK, submissions)
    results = grade_week(WEEK, submissions, output=output, course=COURSE.root)
    return {result.student: result for result in results}


def test_nobody_is_lost(graded):
    assert set(graded) == set(STUDENTS)


@pytest.mark.parametrize("name", STUDENTS)
def test_each_student_gets_what_her_answers_deserve(graded, name):
    student, result = STUDENTS[name], graded[name]
    if student.trouble == "empty":
        assert "empty" in result.status
        return
    for notebook in result.notebooks:
        if notebook.outcome is Outcome.REFUSED:
            assert REFUSALS[student.trouble] in notebook.message
            continue
        source = SOURCES[notebook.notebook]
        deserved = Bench(source).check_all(answers_of(student, source, COURSE))
        got = {exercise.exercise: exercise.earned for exercise in notebook.exercises}
        assert got == pytest.approx({name: r.earned for name, r in deserved.items()}, abs=0.01)
    refused = [n for n in result.notebooks if n.outcome is Outcome.REFUSED]
    expected = {"truncated": 1, "utf16": 2, "another_week": 2, "no_notebook": 2}
    assert len(refused) == expected.get(student.trouble, 0)


def test_right_answers_get_everything_and_blank_ones_nothing(graded):
    for name in ("ada", "chen", "fatou", "goran", "lena"):
        assert graded[name].earned == graded[name].points > 0
    assert graded["ben"].earned == 0
    assert 0 < graded["dara"].earned < graded["dara"].points / 2


def test_repairs_are_recorded(graded):
    assert any(notebook.repairs for notebook in graded["goran"].notebooks)
    assert not any(notebook.repairs for notebook in graded["ada"].notebooks)


def test_the_csv_has_a_row_for_each_student(graded, output):
    rows = list(csv.DictReader((output / "scores.csv").open(encoding="utf-8")))
    assert len(rows) == len(STUDENTS)


def test_feedback_shows_no_hidden_check(graded, output):
    pages = list((output / "feedback").rglob("*.html"))
    assert len(pages) >= 2 * len([s for s in STUDENTS.values() if not s.trouble])
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "BEGIN HIDDEN" not in text and "checks.hidden" not in text
        assert str(COURSE.root) not in text

"""The sample class, graded as `make grade` does it, gets the scores that its answers deserve.

Expected points come from running the same answers and checks in plain Python, without notebooks,
kernels or nbgrader: two ways that must agree.
"""

import csv
from functools import cache
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grade import grade_week
from autograder.results import Outcome
from autograder.sample_class import answers_of, read_class, write_student
from autograder.samples import Bench
from autograder.source import read_week

COURSE = Course(Path(__file__).resolve().parent.parent)
CLASS = {student.name: student for student in read_class(COURSE)}
FIRST, *LATER = COURSE.weeks()
# What is odd about a hand-in is tried on the first week; on the others, that right answers written
# in another way get everything and wrong ones what they deserve.
GRADED = {FIRST: tuple(CLASS), **dict.fromkeys(LATER, ("chen", "dara"))}
PAIRS = [(week, name) for week, names in GRADED.items() for name in names]

# What a grader reads in the table, for each notebook that cannot be graded.
REFUSALS = {
    "truncated": "ends in the middle",
    "utf16": "UTF-16 text, not UTF-8",
    "another_week": "none of this notebook's exercises",
    "no_notebook": "not a notebook but a zip file",
}

pytestmark = pytest.mark.slow


class Graded:
    """Grades a week's class when it is first asked for."""

    def __init__(self, folder):
        self.folder, self._results = folder, {}

    def output(self, week):
        return self.folder / week

    def results(self, week):
        if week not in self._results:
            output = self.output(week)
            sources = read_week(COURSE.solutions / week)
            for name in GRADED[week]:
                write_student(COURSE, sources, CLASS[name], output / "class")
            results = grade_week(week, output / "class", output=output, course=COURSE.root)
            self._results[week] = {result.student: result for result in results}
        return self._results[week]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return Graded(tmp_path_factory.mktemp("grading"))


@cache
def source_of(week, name):
    return next(s for s in read_week(COURSE.solutions / week) if s.name == name)


@pytest.mark.parametrize("week", GRADED)
def test_nobody_is_lost(graded, week):
    assert set(graded.results(week)) == set(GRADED[week])


@pytest.mark.parametrize(("week", "name"), PAIRS)
def test_each_student_gets_what_her_answers_deserve(graded, week, name):
    student, result = CLASS[name], graded.results(week)[name]
    if student.trouble == "empty":
        assert "empty" in result.status
        return
    for notebook in result.notebooks:
        if notebook.outcome is Outcome.REFUSED:
            assert REFUSALS[student.trouble] in notebook.message
            continue
        source = source_of(week, notebook.notebook)
        deserved = Bench(source).check_all(answers_of(student, source, COURSE))
        got = {exercise.exercise: exercise.earned for exercise in notebook.exercises}
        assert got == pytest.approx({name: r.earned for name, r in deserved.items()}, abs=0.01)
    refused = [n for n in result.notebooks if n.outcome is Outcome.REFUSED]
    expected = {"truncated": 1, "utf16": 2, "another_week": 2, "no_notebook": 2}
    assert len(refused) == expected.get(student.trouble, 0)


def test_right_answers_get_everything_and_blank_ones_nothing(graded):
    results = graded.results(FIRST)
    for name in ("ada", "chen", "fatou", "goran", "lena"):
        assert results[name].earned == results[name].points > 0
    assert results["ben"].earned == 0
    assert 0 < results["dara"].earned < results["dara"].points / 2


@pytest.mark.parametrize("week", GRADED)
def test_answers_written_another_way_get_everything_and_wrong_ones_less(graded, week):
    results = graded.results(week)
    assert results["chen"].earned == results["chen"].points > 0
    assert 0 < results["dara"].earned < results["dara"].points


def test_repairs_are_recorded(graded):
    results = graded.results(FIRST)
    assert any(notebook.repairs for notebook in results["goran"].notebooks)
    assert not any(notebook.repairs for notebook in results["ada"].notebooks)


@pytest.mark.parametrize("week", GRADED)
def test_the_csv_has_a_row_for_each_student(graded, week):
    graded.results(week)
    rows = list(csv.DictReader((graded.output(week) / "scores.csv").open(encoding="utf-8")))
    assert len(rows) == len(GRADED[week])


@pytest.mark.parametrize("week", GRADED)
def test_feedback_shows_no_hidden_check(graded, week):
    graded.results(week)
    pages = list((graded.output(week) / "feedback").rglob("*.html"))
    notebooks = len(read_week(COURSE.solutions / week))
    assert len(pages) >= notebooks * len([n for n in GRADED[week] if not CLASS[n].trouble])
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "BEGIN HIDDEN" not in text and "checks.hidden" not in text
        assert str(COURSE.root) not in text

"""The trusted grader gives every sample answer the score that stands in its file, check by check.

The checks run in the real examiner; the learner's side is a stand-in in this process, which answers
through the real codec. Whole hand-ins go through both sandboxes in ``test_sample_class.py``.

Every sample keeps its score in plain Python (``test_submissions.py``). Here all of the first week's
take part, and of the later weeks' the right ones and the first two wrong ones of each exercise;
``COURSE_ALL_SAMPLES=1`` takes all, which needs an hour.
"""

import os
from itertools import groupby
from pathlib import Path

import pytest
from stand_in import examine

from autograder.coursework import CellKind as GradedKind
from autograder.examination import Examination, Step, forbidden_packages
from autograder.examiner_process import ExaminerServer
from autograder.samples import failed_checks, read_sample
from autograder.sandbox import find_sandbox
from autograder.source import CellKind, read_source
from autograder.student_process import StudentProcess

ROOT = Path(__file__).resolve().parent.parent
SUBMISSIONS = ROOT / "tests" / "submissions"


def chosen_samples():
    """Choose the samples that take part, as described above."""
    paths = sorted(SUBMISSIONS.glob("week*/*/*/*.py"))
    if os.environ.get("COURSE_ALL_SAMPLES"):
        return paths
    chosen = []
    for folder, answers in groupby(paths, key=lambda path: path.parent):
        right, wrong = [], []
        for path in answers:
            (right if path.stem.startswith("right_") else wrong).append(path)
        first_week = folder.parts[-3].startswith("week1_")
        chosen += right + (wrong if first_week else wrong[:2])
    return chosen


SAMPLES = chosen_samples()
# Using a forbidden package costs all points; the stand-in cannot hide a package, the sandbox does.
FORBIDDEN = [path for path in SAMPLES if read_sample(path).score == 0 and "scipy" in path.stem]

pytestmark = pytest.mark.slow


def name_of(path):
    return "-".join([*path.relative_to(SUBMISSIONS).parts[1:-1], path.stem])


def source_of(path):
    week, notebook = path.relative_to(SUBMISSIONS).parts[:2]
    return read_source(ROOT / "solutions" / week / f"{notebook}.py")


@pytest.fixture(scope="module")
def servers():
    """Warm examiners, with and without Keras."""
    sandbox = find_sandbox()
    with ExaminerServer(sandbox) as light, ExaminerServer(sandbox, heavy=True) as heavy:
        yield {False: light, True: heavy}


def server_for(source, servers):
    return servers[source.uses_keras]


@pytest.mark.parametrize("path", [p for p in SAMPLES if p not in FORBIDDEN], ids=name_of)
def test_a_sample_keeps_its_score(path, servers):
    sample, source = read_sample(path), source_of(path)
    answers = {sample.exercise: sample.text}
    reports = examine(server_for(source, servers), source, answers, sample.exercise)
    report = reports[sample.exercise]
    assert failed_checks(report) == sample.fails, {c.name: c.message for c in report.checks}
    assert report.earned == pytest.approx(sample.score, abs=0.01)


@pytest.mark.skipif(find_sandbox() is None, reason="bubblewrap does not work here")
@pytest.mark.parametrize("path", FORBIDDEN, ids=name_of)
def test_a_forbidden_package_is_not_there_to_import(path, servers):
    sample, source = read_sample(path), source_of(path)
    kinds = {kind.value: kind for kind in GradedKind}
    steps = [
        Step(
            kind=kinds[cell.kind],
            cell_id=f"cell-{number}",
            text=sample.text if cell.exercise == sample.exercise and not cell.points else cell.text,
            exercise=cell.exercise,
            points=cell.points,
        )
        for number, cell in enumerate(source.cells)
        if cell.kind in (CellKind.SETUP, CellKind.EXERCISE)
        or (cell.kind is CellKind.CHECK and cell.exercise == sample.exercise)
    ]
    hidden = forbidden_packages(step.text for step in steps if step.kind is GradedKind.CHECK)
    assert "scipy" in hidden
    examined = Examination(
        steps,
        [cell.text for cell in source.of_kind(CellKind.EXERCISE)],
        lambda: StudentProcess(find_sandbox(), forbidden=hidden),
        server_for(source, servers).new,
        seed="0",
    ).run()
    [result] = examined.exercises
    assert result.earned == sample.score == 0


def test_forbidden_packages_are_tried():
    assert FORBIDDEN

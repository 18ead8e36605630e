"""Every sample answer gets exactly the score that stands in its file, check by check."""

from functools import cache
from pathlib import Path

import pytest

from autograder.samples import Bench, SampleError, blank, failed_checks, read_sample
from autograder.source import CellKind, read_source

ROOT = Path(__file__).resolve().parent.parent
SUBMISSIONS = ROOT / "tests" / "submissions"
SOURCES = sorted((ROOT / "solutions").glob("*/*.py"))
EXERCISES = [
    pytest.param(path, cell.exercise, id=f"{path.stem}-{cell.exercise}")
    for path in SOURCES
    for cell in read_source(path).of_kind(CellKind.EXERCISE)
]
SAMPLES = sorted(SUBMISSIONS.glob("week*/*/*/*.py"))


@cache
def notebook_at(path):
    return read_source(path)


@cache
def bench_of(path):
    return Bench(notebook_at(path))


def cell_of(path, exercise, kind):
    return next(c for c in notebook_at(path).of_kind(kind) if c.exercise == exercise)


@pytest.mark.parametrize(("path", "exercise"), EXERCISES)
def test_reference_gets_full_marks(path, exercise):
    report = bench_of(path).check(exercise, cell_of(path, exercise, CellKind.EXERCISE).text)
    assert failed_checks(report) == frozenset(), report
    assert report.earned == cell_of(path, exercise, CellKind.CHECK).points


@pytest.mark.parametrize(("path", "exercise"), EXERCISES)
def test_blank_gets_nothing(path, exercise):
    report = bench_of(path).check(exercise, blank(cell_of(path, exercise, CellKind.EXERCISE)))
    assert report.earned == 0
    assert {check.outcome for check in report.checks} == {"missing"}
    assert exercise in report.checks[0].message


@pytest.mark.parametrize(
    "path", SAMPLES, ids=lambda p: "-".join([*p.relative_to(SUBMISSIONS).parts[1:-1], p.stem])
)
def test_sample_gets_its_score(path):
    sample = read_sample(path)
    week, notebook = path.relative_to(SUBMISSIONS).parts[:2]
    source = ROOT / "solutions" / week / f"{notebook}.py"
    report = bench_of(source).check(sample.exercise, sample.text)
    details = {check.name: check.message for check in report.checks}
    assert failed_checks(report) == sample.fails, details
    assert report.earned == pytest.approx(sample.score, abs=0.01)
    assert sample.right == (report.earned == report.points)


@pytest.mark.parametrize(("path", "exercise"), EXERCISES)
def test_each_exercise_has_enough_samples(path, exercise):
    names = [p.stem for p in SAMPLES if p.parts[-4:-1] == (path.parent.name, path.stem, exercise)]
    assert sum(name.startswith("wrong_") for name in names) >= 3
    assert sum(name.startswith("right_") for name in names) >= 1


def test_every_sample_belongs_to_an_exercise():
    known = {(p.values[0].parent.name, p.values[0].stem, p.values[1]) for p in EXERCISES}
    assert {path.parts[-4:-1] for path in SAMPLES} <= known


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("maybe_x.py", "# what: x\n# score: 1\npass\n", "right_ or wrong_"),
        ("wrong_x.py", "# what: x\n# fails: y\npass\n", "# score:"),
        ("wrong_x.py", "# what: x\n# fails: y\n# score: some\npass\n", "no number"),
        ("wrong_x.py", "# what: x\n# score: 1\npass\n", "names the checks it fails"),
        ("right_x.py", "# what: x\n# fails: y\n# score: 1\npass\n", "a right one none"),
    ],
)
def test_malformed_sample_is_refused(tmp_path, name, text, words):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(SampleError, match=words):
        read_sample(path)

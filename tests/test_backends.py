"""The Keras lessons ran on every backend as they stand, and the record of that is honest."""

import json
import os
from pathlib import Path

import pytest

from autograder import backends
from autograder.backends import BACKENDS, as_page, find_stale, keras_lessons, read_record
from autograder.cli import main
from autograder.course import Course
from autograder.execute import ExecutionError

COURSE = Course(Path(__file__).resolve().parent.parent)


def test_every_keras_lesson_ran_on_every_backend_as_it_stands():
    assert list(find_stale(COURSE)) == [], "run `make backends`"
    assert len(read_record(COURSE)) == len(BACKENDS) * len(keras_lessons(COURSE)) > 0


def test_the_page_shows_the_record():
    page = (COURSE.root / backends.PAGE).read_text(encoding="utf-8")
    assert page == as_page(read_record(COURSE))


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A course with a lesson that uses Keras and one that does not; nothing is executed."""
    for name, line in {"with": "import keras", "without": "import math"}.items():
        source = f'# %% tags=["setup"]\n{line}\n'
        path = tmp_path / "solutions" / "week1_small" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    (tmp_path / "docs").mkdir()
    course = Course(tmp_path)
    monkeypatch.setattr(backends, "find_course", lambda: course)
    monkeypatch.setattr(backends.importlib.metadata, "version", lambda name: "1.2")
    return course


def test_what_ran_is_recorded_and_a_changed_lesson_is_stale(small, monkeypatch, capsys):
    ran = []
    monkeypatch.setattr(backends, "execute", lambda *args, **options: ran.append(options) or 3.0)
    assert len(list(find_stale(small))) == 2
    assert main(["backends", "--check"]) == 1
    assert main(["backends"]) == 0
    assert ran == [{"quick": True}] * 2
    assert main(["backends"]) == 0 and len(ran) == 2, "what is up to date does not run again"
    assert {run.backend for run in read_record(small)} == set(BACKENDS)
    assert main(["backends", "--check"]) == 0
    source = small.solutions / "week1_small" / "with.py"
    source.write_text(source.read_text() + "x = 1\n")
    assert "has not run on JAX as it stands" in "\n".join(find_stale(small))
    source.unlink()
    assert "is not in the course" in "\n".join(find_stale(small))
    capsys.readouterr()


def test_one_failure_is_told_and_the_rest_is_kept(small, monkeypatch, capsys):
    def fail_on_torch(*_, **__):
        if os.environ["KERAS_BACKEND"] == "torch":
            raise ExecutionError("cell 3 raised ValueError")
        return 2.0

    monkeypatch.setattr(backends, "execute", fail_on_torch)
    assert main(["backends"]) == 1
    assert "week1_small/with on PyTorch: cell 3 raised ValueError" in capsys.readouterr().out
    [kept] = json.loads((small.root / "docs" / "backends.json").read_text())
    assert kept["backend"] == "jax"


def test_a_missing_backend_is_told_in_one_line(small, monkeypatch, capsys):
    def missing(name):
        raise backends.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(backends.importlib.metadata, "version", missing)
    assert main(["backends"]) == 2
    assert "`make backends` installs it" in capsys.readouterr().err


def test_one_lesson_can_be_run_alone(small, monkeypatch, capsys):
    monkeypatch.setattr(backends, "execute", lambda *args, **options: 3.0)
    other = small.solutions / "week1_small" / "other.py"
    other.write_text('# %% tags=["setup"]\nimport keras\n')
    assert main(["backends", "week1_small/other"]) == 0
    assert {run.lesson for run in read_record(small)} == {"week1_small/other"}
    assert main(["backends", "week1_small/without"]) == 2
    assert "no such Keras lesson: week1_small/without" in capsys.readouterr().out

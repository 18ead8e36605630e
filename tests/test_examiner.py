"""The examiner: every check cell of the course runs in it as in a notebook, and nothing stays."""

import os
import time
from functools import cache
from pathlib import Path

import pytest
from stand_in import StandIn, examine

from autograder import codec
from autograder.examiner_process import (
    ExaminerError,
    ExaminerLimits,
    ExaminerLost,
    ExaminerServer,
    bound_names,
    read_report,
)
from autograder.results import Outcome
from autograder.samples import blank, failed_checks, read_sample
from autograder.sandbox import find_sandbox
from autograder.source import CellKind, read_source

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "solutions").glob("*/*.py"))
SAMPLES = sorted((ROOT / "tests" / "submissions").glob("week*/*/*/*.py"))
EXERCISES = [
    pytest.param(path, cell.exercise, id=f"{path.stem}-{cell.exercise}")
    for path in SOURCES
    for cell in read_source(path).of_kind(CellKind.EXERCISE)
]
QUICK = {"COURSE_QUICK": "1"}
needs_sandbox = pytest.mark.skipif(find_sandbox() is None, reason="needs bubblewrap")


@cache
def notebook_at(path):
    return read_source(path)


@cache
def needs_keras(path):
    return notebook_at(path).uses_keras


LESSONS = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if needs_keras(path) else [])
    for path in SOURCES
]


@pytest.fixture(scope="module")
def server():
    with ExaminerServer(find_sandbox()) as server:
        yield server


@pytest.fixture(scope="module")
def heavy_server():
    pytest.importorskip("tensorflow")
    with ExaminerServer(find_sandbox(), heavy=True) as server:
        yield server


@pytest.fixture
def server_for(request):
    return lambda path: request.getfixturevalue("heavy_server" if needs_keras(path) else "server")


@pytest.fixture
def examiner(server):
    with server.new() as examiner:
        examiner.begin("graded", [("f", "function"), ("constant", "value")])
        examiner.setup("from utils.checks import Checks, assert_close\nimport os, sys, time")
        yield examiner


def cell_with(*checks, before=""):
    lines = [before, 'checks = Checks("answer", points=4)']
    for number, body in enumerate(checks):
        lines += [f'with checks("check {number}"):', f"    {body}"]
    return "\n".join([*lines, "checks.report()"])


def outcomes(report):
    return [str(check.outcome) for check in report.checks]


NOBODY = StandIn()


# The course's own checks -------------------------------------------------------------------------


@pytest.mark.parametrize("path", LESSONS)
def test_the_reference_gets_full_marks(path, server_for):
    reports = examine(server_for(path), notebook_at(path), {}, environment=QUICK)
    assert set(reports) == {c.exercise for c in notebook_at(path).of_kind(CellKind.CHECK)}
    for cell in notebook_at(path).of_kind(CellKind.CHECK):
        report = reports[cell.exercise]
        assert failed_checks(report) == frozenset(), report
        assert len(report.checks) == cell.visible + cell.hidden
        assert report.earned == cell.points


@pytest.mark.parametrize("path", LESSONS)
def test_the_blank_gets_nothing(path, server_for):
    notebook = notebook_at(path)
    answers = {cell.exercise: blank(cell) for cell in notebook.of_kind(CellKind.EXERCISE)}
    for exercise, report in examine(server_for(path), notebook, answers, environment=QUICK).items():
        assert set(outcomes(report)) == {"missing"}
        assert exercise in report.checks[0].message
        assert report.earned == 0


def one_of_each(kind):
    """Return the first sample of a kind of each exercise of the first week.

    Those of all weeks are tried in ``test_examined_samples.py``.
    """
    first = {}
    for path in SAMPLES:
        if path.parts[-4].startswith("week1_") and path.stem.startswith(kind):
            first.setdefault(path.parent, path)
    # Of the exercises with Keras, which take seconds each, one that returns a model and one that
    # takes one.
    chosen = ("build_sequential", "feature_maps")
    return [p for p in first.values() if p.parts[-3] != "first_convnet" or p.parent.name in chosen]


@pytest.mark.parametrize(
    "path", one_of_each("wrong"), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_wrong_answer_fails_exactly_its_checks(path, server_for):
    sample = read_sample(path)
    week, notebook = path.relative_to(ROOT / "tests" / "submissions").parts[:2]
    source = ROOT / "solutions" / week / f"{notebook}.py"
    answers = {sample.exercise: sample.text}
    report = examine(
        server_for(source), notebook_at(source), answers, only=sample.exercise, environment=QUICK
    )[sample.exercise]
    details = {check.name: check.message for check in report.checks}
    assert failed_checks(report) == sample.fails, details
    assert report.earned == pytest.approx(sample.score, abs=0.01)


@pytest.mark.parametrize(("path", "exercise"), EXERCISES)
def test_the_names_of_the_learner_are_found(path, exercise):
    names = dict(bound_names(c.text for c in notebook_at(path).of_kind(CellKind.EXERCISE)))
    assert names[exercise] == "function"


def test_names_of_every_kind_are_found():
    cells = [
        "import math as m\nfrom os.path import join\nclass A:\n    inner = 1",
        "x, (y, *z) = 1, (2, 3)\nw: int = 4\nv += 1\nfor i in ():\n    pass",
        "@decorated\ndef f(a):\n    local = 1\n\nasync def g(): pass",
    ]
    found = dict(bound_names(cells))
    assert {name for name, kind in found.items() if kind == "function"} == {"f", "g"}
    assert {name for name, kind in found.items() if kind == "value"} == set("Axyzwvim") | {"join"}


# What a check may use ----------------------------------------------------------------------------


def test_values_of_the_learner_are_fetched_when_a_check_uses_them(examiner):
    student = StandIn("constant = [1, 2]\ndef f():\n    return 3")
    report = examiner.check("answer", 4, cell_with("assert constant == [1, 2]"), student)
    assert report.earned == 4
    examiner.check("answer", 4, cell_with("assert f() == 3"), student)
    assert [question[1] for question in student.asked] == ["get", "call"]


def test_a_value_that_is_not_there_is_missing(examiner):
    report = examiner.check("answer", 4, cell_with("assert constant == 1", "pass"), NOBODY)
    assert outcomes(report) == ["missing", "passed"]
    assert "`constant` is not defined" in report.checks[0].message


def test_a_value_that_cannot_be_sent_fails_where_it_is_used(examiner):
    student = StandIn("import numpy as np\nconstant = np.array([object()])")
    report = examiner.check("answer", 4, cell_with("assert constant.shape", "pass"), student)
    assert outcomes(report) == ["failed", "passed"]


def test_a_check_cell_leaves_nothing_for_the_next(examiner):
    examiner.check("answer", 4, cell_with("left_over = 1", before="other = 2"), NOBODY)
    report = examiner.check("answer", 4, cell_with("other", "left_over", "checks.rng"), NOBODY)
    assert outcomes(report) == ["missing", "missing", "passed"]


def test_random_cases_follow_the_seed_of_the_grader(server):
    drawn = {}
    cell = cell_with("f(float(checks.rng.random()))", "f(random.random())", "f(np.random.random())")
    for seed in ("a", "a", "b"):
        student = StandIn("def f(x):\n    pass")
        with server.new() as examiner:
            examiner.begin(seed, [("f", "function")])
            examiner.setup("import random\nimport numpy as np\nfrom utils.checks import Checks")
            examiner.check("answer", 4, cell, student)
        drawn.setdefault(seed, []).append([question[3][0] for question in student.asked])
    assert drawn["a"][0] == drawn["a"][1]
    assert not set(drawn["a"][0]) & set(drawn["b"][0])


def test_the_notebooks_environment_is_seen(server):
    for quick, value in (("1", 2), ("0", 1)):
        with server.new() as examiner:
            examiner.begin("graded", [], {"COURSE_QUICK": quick})
            examiner.setup("from utils.checks import Checks\nfrom utils.settings import choose")
            cell = cell_with(f"assert choose(1, quick=2) == {value}")
            assert examiner.check("answer", 4, cell, NOBODY).earned == 4


def test_dataclasses_and_annotations_of_a_cell_are_its_own(examiner):
    examiner.setup(
        "from dataclasses import dataclass\n@dataclass\nclass Case:\n    x: int\n"
        "def g(x: int): pass"
    )
    cell = cell_with("assert Case(3).x == 3", "assert g.__annotations__ == {'x': int}")
    assert examiner.check("answer", 4, cell, NOBODY).earned == 4


# What goes wrong ---------------------------------------------------------------------------------


class Gone(Exception):
    outcome, sentence = Outcome.MEMORY, "Your code used more than 4 GB of memory."


def test_a_lost_learners_process_costs_the_checks_that_need_it(examiner):
    def ask(question):
        raise Gone

    report = examiner.check("answer", 4, cell_with("f(1)", "assert 1 == 1"), ask)
    assert outcomes(report) == ["memory", "passed"]
    assert report.checks[0].message == Gone.sentence
    assert report.earned == 2


def test_a_mistake_of_the_grader_is_not_hidden(examiner):
    def ask(question):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        examiner.check("answer", 4, cell_with("f(1)"), ask)


def test_an_answer_that_is_too_long_fails_its_check(examiner):
    report = examiner.check(
        "answer", 4, cell_with("f(1)", "pass"), lambda question: bytes(codec.MAX_PAYLOAD)
    )
    assert outcomes(report) == ["failed", "passed"]


def test_a_broken_check_cell_is_the_courses_mistake(examiner):
    for cell in ("checks = ", "1 / 0", 'checks = Checks("other")', "checks = 5"):
        with pytest.raises(ExaminerError, match="answer is broken"):
            examiner.check("answer", 4, cell, NOBODY)
    assert len(examiner.problems) == 4
    with pytest.raises(ExaminerError, match="ZeroDivisionError"):
        examiner.setup("1 / 0")
    assert examiner.check("answer", 4, cell_with("pass"), NOBODY).earned == 4


def test_a_cell_that_breaks_off_keeps_what_it_found(examiner):
    cell = cell_with("pass").replace("checks.report()", "1 / 0")
    assert outcomes(examiner.check("answer", 4, cell, NOBODY)) == ["passed"]


def test_checks_that_take_too_long_are_interrupted(examiner):
    begin = time.monotonic()
    cell = cell_with("pass", "time.sleep(60)", "f(1)", "assert 1")
    report = examiner.check("answer", 4, cell, NOBODY, seconds=0.3)
    assert outcomes(report)[:3] == ["passed", "timeout", "timeout"]
    assert time.monotonic() - begin < 5
    assert examiner.check("answer", 4, cell_with("assert 1"), NOBODY).earned == 4


IMPATIENT = ExaminerLimits(
    check_seconds=0.3, grace_seconds=0.5, setup_seconds=0.5, memory_bytes=200 * 2**20
)


@pytest.fixture(scope="module")
def impatient():
    with ExaminerServer(find_sandbox(), limits=IMPATIENT) as server:
        yield server


def begun(server):
    examiner = server.new()
    examiner.begin("graded", [("f", "function")])
    examiner.setup("from utils.checks import Checks")
    return examiner


# What a check cell itself would never do stands for what hostile data might make it do.
STOP = "import signal; signal.setitimer(signal.ITIMER_REAL, 0)"
UNBOUND = (
    "[cell.cell_contents for cell in f._link._transport.__closure__"
    " if hasattr(cell.cell_contents, 'waiting')][0]._end = 1e18"
)
DISASTERS = [
    (f"{STOP}\n    while True: pass", Outcome.TIMEOUT),
    (f"{UNBOUND}; {STOP}\n    while True: f(1)", Outcome.TIMEOUT),
    ("import os; os._exit(0)", Outcome.KILLED),
    ("import os; os.kill(os.getpid(), 9)", Outcome.KILLED),
    ("import os; os.kill(os.getpid(), 11)", Outcome.KILLED),
    ("import os; os.closerange(3, 50)", Outcome.KILLED),
]


@pytest.mark.parametrize(("body", "outcome"), DISASTERS)
def test_a_lost_examiner_costs_its_notebook_only(impatient, body, outcome):
    pid = impatient.pid
    with begun(impatient) as lost, begun(impatient) as other:
        with pytest.raises(ExaminerLost) as caught:
            lost.check("answer", 4, cell_with(body), StandIn("def f(x):\n    return x"))
        assert caught.value.outcome == outcome
        with pytest.raises(ExaminerLost) as again:
            lost.check("answer", 4, cell_with("pass"), NOBODY)
        assert again.value is caught.value
        assert other.check("answer", 4, cell_with("pass"), NOBODY).earned == 4
    assert impatient.pid == pid


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_too_much_memory_ends_the_notebook(impatient):
    body = "import time, numpy as np; a = [np.ones(2**20) for _ in range(40)]; time.sleep(20)"
    with begun(impatient) as examiner, pytest.raises(ExaminerLost) as caught:
        examiner.check("answer", 4, cell_with(body), NOBODY, seconds=20)
    assert caught.value.outcome == Outcome.MEMORY
    # One allocation beyond all bounds fails where it is asked for.
    with begun(impatient) as examiner:
        cell = cell_with("import numpy as np; np.ones((2**20, 2**20))", "pass")
        report = examiner.check("answer", 4, cell, NOBODY, seconds=20)
        assert outcomes(report) == ["error", "passed"]


def test_a_setup_cell_without_end_is_ended(impatient):
    with begun(impatient) as examiner, pytest.raises(ExaminerLost) as caught:
        examiner.setup("while True: pass")
    assert caught.value.outcome == Outcome.TIMEOUT


def test_a_warm_process_that_has_ended_is_started_again():
    with ExaminerServer(find_sandbox()) as server:
        pid = server.pid
        os.kill(pid, 9)
        with begun(server) as examiner:
            assert examiner.check("answer", 4, cell_with("pass"), NOBODY).earned == 4
        assert server.pid != pid


def test_a_warm_process_that_does_not_start_says_why(monkeypatch):
    monkeypatch.setattr("autograder.examiner_process.sys.executable", "/usr/bin/env")
    with pytest.raises(ExaminerError, match=r"did not start: .*env"):
        ExaminerServer(None).start()


# Nothing stays, nothing is seen ------------------------------------------------------------------


def test_nothing_of_a_notebook_is_left_for_the_next(server):
    leave = (
        "import numpy, utils.checks, builtins, os\n"
        "numpy.left = utils.checks.left = builtins.left = os.environ['LEFT'] = 'here'\n"
        "utils.checks.assert_close = None"
    )
    look = cell_with(
        "import numpy; assert not hasattr(numpy, 'left')",
        "import utils.checks; assert not hasattr(utils.checks, 'left')",
        "import builtins; assert not hasattr(builtins, 'left')",
        "import os; assert 'LEFT' not in os.environ",
        "from utils.checks import assert_close; assert_close(1, 1)",
    )
    with begun(server) as first:
        first.setup(leave)
        with begun(server) as second:
            assert outcomes(second.check("answer", 4, look, NOBODY)) == ["passed"] * 5


@needs_sandbox
def test_nothing_can_be_written(examiner):
    cell = cell_with(
        "open('/tmp/x', 'w')",
        "open(os.path.expanduser('~/x'), 'w')",
        "open('/dev/shm/x', 'w')",
        "open('x', 'w')",
        "os.mkdir('/tmp/y')",
        "os.write(os.memfd_create('x'), b'x')",
    )
    assert outcomes(examiner.check("answer", 4, cell, NOBODY)) == ["error"] * 6


@needs_sandbox
def test_no_process_is_left_behind(server):
    leave = cell_with("import os, time; pid = os.fork() or time.sleep(60)")
    count = "len([p for p in os.listdir('/proc') if p.isdigit()])"
    with begun(server) as examiner:
        examiner.check("answer", 4, leave, NOBODY)
        alive = cell_with(f"import os; assert {count} == 4, os.listdir('/proc')")
        assert outcomes(examiner.check("answer", 4, alive, NOBODY)) == ["passed"]
    with begun(server) as examiner:
        gone = cell_with(f"import os; assert {count} == 3, os.listdir('/proc')")
        assert outcomes(examiner.check("answer", 4, gone, NOBODY)) == ["passed"]


@needs_sandbox
def test_no_examiner_reads_anothers_memory_or_the_warm_process(server):
    look = (
        "import os\n"
        "    others = {int(p) for p in os.listdir('/proc') if p.isdigit()} - {1, os.getpid()}\n"
        "    open(f'/proc/{max(others)}/mem', 'rb')"
    )
    look = cell_with(look, look.replace("max", "min"))
    with begun(server) as older, begun(server) as newer:
        for examiner in (older, newer):
            report = examiner.check("answer", 4, look, NOBODY)
            assert outcomes(report) == ["error"] * 2
            assert all("PermissionError" in check.message for check in report.checks)


@needs_sandbox
def test_nothing_of_the_grader_is_seen(examiner, monkeypatch):
    cell = cell_with(
        "assert not os.path.exists(course), 'the course'",
        "import socket; socket.create_connection(('127.0.0.1', 22), timeout=1)",
        "import autograder.gradebook",
        "import autograder.results",
        "assert not {'SECRET', 'JPY_API_TOKEN'} & set(os.environ)",
        "assert len([p for p in os.listdir('/proc') if p.isdigit()]) < 10",
        before=f"course = {str(ROOT / 'solutions')!r}",
    )
    expected = ["passed", "error", "error", "error", "passed", "passed"]
    assert outcomes(examiner.check("answer", 4, cell, NOBODY)) == expected


def test_what_a_check_prints_goes_nowhere(server, capfd):
    with begun(server) as examiner:
        examiner.setup("import sys; print('x' * 10**6); print('y', file=sys.stderr)")
        examiner.check("answer", 4, cell_with("print('z')"), NOBODY)
    assert capfd.readouterr() == ("", "")


# What an overcome examiner might say -------------------------------------------------------------

REPORT = {
    "exercise": "answer",
    "points": 4.0,
    "earned": 2.0,
    "checks": [
        {
            "name": f"check {number}",
            "outcome": outcome,
            "message": "",
            "hint": "",
            "weight": 1.0,
            "hidden": False,
        }
        for number, outcome in enumerate(["passed", "failed"])
    ],
}


def changed(**changes):
    return {**REPORT, **changes}


def changed_check(**changes):
    return changed(checks=[{**REPORT["checks"][0], **changes}])


def test_a_report_is_read_and_its_points_are_worked_out_anew():
    report = read_report(changed(earned=4000.0), "answer", 4.0)
    assert report.earned == 2 and outcomes(report) == ["passed", "failed"]
    assert read_report(changed(checks=[]), "answer", 4.0).earned == 0


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        changed(extra=1),
        changed(exercise="other"),
        changed(points=400.0),
        changed(checks=None),
        changed(checks=[1]),
        changed(checks=REPORT["checks"] * 2),
        changed(checks=[{**REPORT["checks"][0], "name": str(n)} for n in range(201)]),
        changed_check(outcome="excellent"),
        changed_check(outcome=3),
        changed_check(outcome=["passed"]),
        changed_check(weight=0.0),
        changed_check(weight=-1.0),
        changed_check(weight=float("inf")),
        changed_check(weight=float("nan")),
        changed_check(weight="1"),
        changed_check(weight=1e9),
        changed_check(hidden=0),
        changed_check(name=3),
        changed_check(message="x" * 10_000),
        changed_check(extra=1),
    ],
)
def test_what_is_no_report_is_refused(data):
    with pytest.raises(ValueError):
        read_report(data, "answer", 4.0)


@pytest.mark.parametrize(
    "message",
    [
        b"garbage",
        codec.encode("report"),
        codec.encode([]),
        codec.encode(["report"]),
        codec.encode(["report", {"exercise": "answer"}]),
        codec.encode(["ask", "text"]),
        codec.encode(["passed", 4]),
    ],
)
def test_an_examiner_that_makes_no_sense_is_ended(impatient, message):
    body = (
        "import socket, struct\n"
        "    for number in range(3, 20):\n"
        "        try:\n"
        f"            payload = {message!r}\n"
        "            frame = struct.pack('>I', len(payload)) + payload\n"
        "            socket.socket(fileno=number).sendall(frame)\n"
        "        except OSError: pass"
    )
    with begun(impatient) as examiner, pytest.raises(ExaminerLost) as caught:
        examiner.check("answer", 4, cell_with(body), NOBODY)
    assert caught.value.outcome == Outcome.ERROR


# Keras -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_models_go_there_and_come_back(heavy_server):
    student = StandIn(
        "import keras\n"
        "def make():\n"
        "    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
        "def grow(model):\n"
        "    model.set_weights([w + 1 for w in model.get_weights()])\n"
        "    return model, model(keras.ops.ones((1, 3)))\n"
    )
    cell = cell_with(
        "model = make(); assert type(model) is keras.Sequential, type(model)",
        "model = make(); grown, output = grow(model)\n"
        "    assert_close(grown.get_weights()[1], model.get_weights()[1] + 1)\n"
        "    expected = model.get_weights()[0].sum(axis=0) + 4\n"
        "    assert_close(output[0], expected, rtol=1e-5)",
        "call_unchanged(grow, make())",
        "assert make()(np.ones((5, 3))).shape == (5, 2)",
        "assert_close(double(keras.ops.ones(2)), np.full(2, 2.0))",
    )
    student.run("def double(x):\n    return 2 * x")
    with heavy_server.new() as examiner:
        examiner.begin("graded", [(name, "function") for name in ("make", "grow", "double")])
        examiner.setup("import keras\nimport numpy as np\nfrom utils.checks import *")
        report = examiner.check("answer", 4, cell, student)
    assert outcomes(report) == ["passed"] * 5, report

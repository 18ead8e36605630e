"""A class of honest, careless and unlucky students is graded; nobody stops the others."""

import argparse
import csv
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from mini_course import ROOT, WEEK, Work, build_mini_course
from nbgrader.api import Gradebook

from autograder import grade as grade_module
from autograder.engine import ExaminedEngine, Limits
from autograder.grade import grade_week
from autograder.results import Outcome, from_json
from autograder.sandbox import find_sandbox
from autograder.scores import table, to_csv

LIMITS = Limits(cell_seconds=3, own_seconds=2, notebook_seconds=40)

NOISY = """
import logging, sys, warnings
def double(x):
    print("working on", x)
    print("careful", file=sys.stderr)
    warnings.warn("a warning")
    logging.warning("a log line")
    return 2 * x
"""
DIES = "import os\ndef double(x):\n    os._exit(3)\n"
LOOPS = "def double(x):\n    while True:\n        pass\n"
STUBBORN = """
def double(x):
    while True:
        try:
            while True:
                pass
        except KeyboardInterrupt:
            pass
"""
PRINTS_ONE_LINE = "print('y' * 200_000_000)\ndef double(x): return 2 * x\n"
PRINTS_LINES = "for _ in range(200): print('y' * 1_000_000)\ndef shift(x): return x + 1\n"
SENDS_A_LOT = """
def double(x):
    get_ipython().display_pub.publish({"text/plain": "z" * 200_000_000})
    return 2 * x
"""
SILENT = """
from utils.checks import Checks
Checks.report = lambda self: None
def double(x): return x
"""
GREEDY = """
import utils.checks
utils.checks.Score.__repr__ = lambda self: "1000"
def double(x): return x
"""
TALKATIVE = """
def double(x):
    print("SEEN" + "INPUT", list(x))
    if x[0] < -4000:
        raise ValueError(f"hidden input {x[0]}")
    return 2 * x
"""
SPIES = """
from pathlib import Path
import socket
def double(x):
    seen = [p for p in ("COURSE/solutions", "OUTPUT/gradebook.db") if Path(p).exists()]
    try:
        socket.create_connection(("127.0.0.1", PORT), timeout=1)
        seen.append("network")
    except OSError:
        pass
    assert not seen, seen
    return 2 * x
"""
SCRIPT = """
<script>alert('md')</script><img src=x onerror=alert(1)> [go](javascript:alert(2)) *hello*

[go](javascript:alert(5)) <a href="javascript:alert(6)" onclick="alert(7)">go</a> <b>x</b>
"""
HTML_OUTPUT = """
from IPython.display import HTML, display
display(HTML("<script>alert('out')</script>"))
display({"image/png": '"><script>alert(3)</script>', "text/plain": "<b>plain</b>"}, raw=True)
display({"image/svg+xml": "<svg onload=alert(4)></svg>", "text/plain": "svg"}, raw=True)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return build_mini_course(tmp_path_factory.mktemp("course"))


def hand_in_class(course, folder):
    """Write a class of hand-ins; most hand in ``arrays`` alone, to keep the test short."""

    def arrays(student, **answers):
        work = Work(course).fill(**{"double": True, "shift": True, **answers})
        return work, folder / student

    def hand_in(student, **answers):
        work, place = arrays(student, **answers)
        work.hand_in(place)

    hand_in("ada")
    Work(course, "sums").fill(total=True).hand_in(folder / "ada")
    hand_in("half", shift="def shift(x): return x + len(x) - 2 if len(x) == 3 else x")
    Work(course).hand_in(folder / "blank")
    hand_in("noisy", double=NOISY)
    hand_in("dies", double=DIES)
    hand_in("loops", double=LOOPS)
    hand_in("stubborn", double=STUBBORN)
    hand_in("printer", double=PRINTS_ONE_LINE, shift=PRINTS_LINES)
    hand_in("sender", double=SENDS_A_LOT)
    hand_in("silent", double=SILENT)
    hand_in("greedy", double=GREEDY)
    hand_in("talkative", double=TALKATIVE)
    hand_in("broken", double="def double(x:\n    return 2 * x")
    work, place = arrays("script", double=True)
    work.add(SCRIPT, after="double", kind="markdown").add(HTML_OUTPUT, after="double")
    work.hand_in(place)
    work, place = arrays("dawdler", double="def double(x): return TWO * x")
    work.add("TWO = 2", after="double").add("import time; time.sleep(60)", after="double")
    work.hand_in(place)
    Work(course, "products", "week2_other").hand_in(folder / "wrongweek", "arrays.ipynb")
    work, place = arrays("cut")
    path = work.hand_in(place)
    path.write_text(path.read_text()[:2000])
    (folder / "nothing").mkdir()
    (folder / "text").mkdir()
    (folder / "text" / "arrays.ipynb").write_bytes("é".encode("latin-1"))
    linked = folder / "linked"
    linked.mkdir()
    (linked / "arrays.ipynb").symlink_to(course / "solutions" / WEEK / "arrays.ipynb")
    return folder


class Graded:
    def __init__(self, course, root):
        self.course, self.output = course, root / "grading"
        self.submissions = hand_in_class(course, root / "subs")
        self.lines = []
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.results = {r.student: r for r in self.again()}
        self.megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    def again(self, **options):
        self.lines.clear()
        return grade_week(
            WEEK,
            self.submissions,
            output=self.output,
            course=self.course,
            limits=LIMITS,
            progress=self.lines.append,
            **options,
        )

    def exercise(self, student, name):
        notebooks = self.results[student].notebooks
        return next(e for n in notebooks for e in n.exercises if e.exercise == name)

    def page(self, student, notebook="arrays"):
        path = self.output / "feedback" / student / WEEK / f"{notebook}.html"
        return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    return Graded(course, tmp_path_factory.mktemp("class"))


# Scores


@pytest.mark.parametrize(
    ("student", "double", "shift"),
    [
        ("ada", 4, 6),
        ("half", 4, 3),
        ("blank", 0, 0),
        ("noisy", 4, 6),  # stderr, warnings and logs cost nothing
        ("dies", 0, 6),
        ("loops", 0, 6),
        ("stubborn", 0, 6),  # swallows the interrupt
        ("printer", 4, 6),
        ("sender", 4, 6),  # a display of 200 MB is not shown, and costs nothing
        ("silent", 1, 6),  # patched checks are not the ones that judge
        ("greedy", 1, 6),
        ("talkative", 2, 6),
        ("broken", 0, 6),
        ("script", 4, 6),
        ("dawdler", 4, 6),  # an endless cell of her own costs nothing
    ],
)
def test_points(graded, student, double, shift):
    earned = [graded.exercise(student, name).earned for name in ("double", "shift")]
    assert earned == [double, shift], graded.results[student]


def test_outcomes_say_what_happened(graded):
    outcome = {s: graded.exercise(s, "double").outcome for s in graded.results if s in STARTED}
    assert outcome["ada"] is Outcome.PASSED
    assert outcome["blank"] is Outcome.MISSING
    assert outcome["dies"] is Outcome.KILLED
    assert outcome["loops"] is outcome["stubborn"] is Outcome.TIMEOUT
    assert outcome["talkative"] is Outcome.FAILED
    visible = {s: graded.exercise(s, "double").checks[0].message for s in ("dies", "loops")}
    assert "process" in visible["dies"] and "within 3 seconds" in visible["loops"]


STARTED = (
    *("ada", "half", "blank", "noisy", "dies", "loops", "stubborn", "printer", "sender"),
    *("silent", "greedy", "talkative", "broken", "script", "dawdler"),
)


def test_every_check_is_recorded(graded):
    checks = graded.exercise("talkative", "double").checks
    assert [(c.outcome, c.hidden, c.weight) for c in checks] == [
        (Outcome.PASSED, False, 1),
        (Outcome.PASSED, False, 1),
        (Outcome.ERROR, True, 2),
    ]


# The table, and what cannot be read


def test_table_has_a_line_for_everyone(graded):
    lines = table(list(graded.results.values())).splitlines()[2:]
    line = {line.split()[0]: " ".join(line.split()[1:]) for line in lines}
    assert set(line) == {path.name for path in graded.submissions.iterdir()}
    assert line["ada"] == "10/10 5/5 15/15 graded"
    assert line["half"] == "7/10 - 7/15 graded; missing: sums.ipynb"
    assert line["nothing"] == "- - - nothing handed in: the folder is empty"
    assert "is not JSON: it ends in the middle" in line["cut"]
    assert "is not UTF-8 text (line 1)" in line["text"]
    assert "is products of week2_other" in line["wrongweek"]
    assert "hand in the file itself" in line["linked"]
    assert "the process ended" in line["dies"]
    assert "a time limit was reached" in line["loops"]


def test_runaway_output_is_cut_and_memory_stays(graded):
    for student in ("sender", "printer"):
        path = graded.output / "autograded" / student / WEEK / "arrays.ipynb"
        assert path.stat().st_size < 3_000_000
    assert "cut" in path.read_text()
    assert graded.megabytes < 200


# Files


def test_scores_csv_has_a_row_for_everyone(graded):
    rows = list(csv.DictReader((graded.output / "scores.csv").open(encoding="utf-8")))
    row = {r["student"]: r for r in rows}
    assert len(rows) == len(graded.results)
    assert row["ada"][f"{WEEK}/double"] == "4" and row["ada"][f"{WEEK}/total"] == "5"
    assert row["ada"]["points"] == "15" and row["ada"]["max"] == "15"
    assert row["half"][f"{WEEK}/total"] == "0"  # missing: nothing earned
    assert row["cut"][f"{WEEK}/double"] == ""  # refused: not judged
    assert row["dies"][f"{WEEK} points"] == "6"


def test_results_json_reads_back(graded):
    data = json.loads((graded.output / "results.json").read_text())
    assert [from_json(json.dumps(item)) for item in data] == list(graded.results.values())


def test_gradebook_agrees_and_nbgrader_exports_it(graded, tmp_path):
    with Gradebook(f"sqlite:///{graded.output}/gradebook.db") as gradebook:
        for student in STARTED:
            submission = gradebook.find_submission(WEEK, student)
            assert submission.score == graded.results[student].earned, student
            assert submission.max_score == 15
    target = tmp_path / "export.csv"
    subprocess.run(
        [
            *(sys.executable, "-m", "nbgrader", "export", "--to", str(target)),
            *("--db", f"sqlite:///{graded.output}/gradebook.db"),
        ],
        check=True,
        cwd=tmp_path,
        capture_output=True,
    )
    rows = {row["student_id"]: row for row in csv.DictReader(target.open())}
    assert float(rows["ada"]["score"]) == 15 and float(rows["half"]["score"]) == 7
    assert float(rows["nothing"]["score"]) == 0


# Feedback


def test_feedback_names_checks_and_hints_but_hides_hidden_things(graded):
    page = graded.page("talkative")
    assert "a secret vector is doubled" in page and "any length" in page
    assert "ones become twos" in page
    for hidden in ("4711", "secret_value", "BEGIN HIDDEN", "SEENINPUT"):
        assert hidden not in page, hidden


def test_feedback_runs_nothing_that_a_hand_in_brings(graded):
    page = graded.page("script")
    assert "hello" in page and "A cell of your own" in page
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.find_all(["script", "svg", "img", "iframe", "object", "form", "link"])
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        assert tag.get("href", "#").startswith(("#", "http")), tag
    assert "Content-Security-Policy" in page and "&lt;b&gt;plain" in page


def test_feedback_shows_an_own_error_without_the_machines_folders(graded, course):
    page = graded.page("broken")
    assert "SyntaxError" in page
    for student in STARTED:
        text = graded.page(student)
        for folder in (sys.prefix, str(course), str(graded.output), str(Path.home())):
            assert folder + "/" not in text, (student, folder)


def test_feedback_shows_repairs_on_top(graded, course, tmp_path):
    work = Work(course).fill(double=True, shift=True)
    work.node.cells.remove(work.cell("check_shift"))
    work.hand_in(tmp_path / "subs" / "eve")
    output = tmp_path / "out"
    (eve,) = grade_week(WEEK, tmp_path / "subs", output=output, course=course, limits=LIMITS)
    assert eve.status.startswith("graded, 1 repair;") and eve.earned == 10
    page = (output / "feedback" / "eve" / WEEK / "arrays.html").read_text()
    assert page.index("The check of shift was missing") < page.index("<h2")


# Runs


def test_second_run_grades_only_what_is_missing_or_changed(graded, course):
    interrupted = ("ada", "half", "noisy")
    (graded.output / "results" / WEEK / "ada.json").unlink()  # killed before its record
    (graded.output / "feedback" / "half" / WEEK / "arrays.html").unlink()
    record = graded.output / "results" / WEEK / "noisy.json"
    record.write_text(record.read_text()[:100])
    again = {r.student: r for r in graded.again()}
    fresh = [line for line in graded.lines if "graded before" not in line]
    assert [line.split()[1].rstrip(":") for line in fresh] == sorted(interrupted)
    for student, result in again.items():
        assert replace(result, seconds=0) == replace(graded.results[student], seconds=0)


def test_a_changed_file_is_graded_again_and_manual_points_stay(graded, course, tmp_path):
    output, subs = tmp_path / "out", tmp_path / "subs"
    shutil.copytree(graded.output, output)
    Work(course).fill(double=True, shift=True).hand_in(subs / "blank")
    Work(course).fill(double=True).hand_in(subs / "half")
    with Gradebook(f"sqlite:///{output}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("check_double", "arrays", WEEK, "dies")
        grade.manual_score = 3
        gradebook.db.commit()
    results = grade_week(WEEK, subs, output=output, course=course, limits=LIMITS)
    assert [(r.student, r.earned) for r in results] == [("blank", 10), ("half", 4)]
    row = {r["student"]: r for r in csv.DictReader((output / "scores.csv").open())}
    assert row["dies"][f"{WEEK}/double"] == "3"
    assert row["blank"][f"{WEEK} points"] == "10"


def test_force_grades_again(course, tmp_path):
    Work(course, "sums").fill(total=True).hand_in(tmp_path / "subs" / "ada")
    lines = []
    for force in (False, False, True):
        grade_week(
            WEEK,
            tmp_path / "subs",
            output=tmp_path / "out",
            course=course,
            force=force,
            progress=lines.append,
        )
    assert ["graded before" in line for line in lines] == [False, True, False]


def test_failure_of_the_grader_is_one_line_and_tried_again(course, tmp_path, monkeypatch):
    for student in ("ada", "bob"):
        Work(course, "sums").fill(total=True).hand_in(tmp_path / "subs" / student)
    real = ExaminedEngine.grade

    def fails_for_ada(self, student, notebooks):
        if student == "ada":
            raise OSError("disk on fire")
        return real(self, student, notebooks)

    monkeypatch.setattr(ExaminedEngine, "grade", fails_for_ada)
    options = {"output": tmp_path / "out", "course": course}
    ada, bob = grade_week(WEEK, tmp_path / "subs", **options)
    assert "the grader failed (OSError)" in ada.status and bob.earned == 5
    monkeypatch.undo()
    ada, bob = grade_week(WEEK, tmp_path / "subs", **options)
    assert ada.earned == bob.earned == 5


@pytest.mark.skipif(find_sandbox() is None, reason="bubblewrap does not work here")
@pytest.mark.parametrize(("unsafe", "points"), [(False, 10), (True, 6)])
def test_sandbox_hides_solutions_gradebook_and_network(course, tmp_path, unsafe, points):
    with socket.create_server(("127.0.0.1", 0)) as server:
        spy = SPIES.replace("PORT", str(server.getsockname()[1]))
        spy = spy.replace("COURSE", str(course)).replace("OUTPUT", str(tmp_path / "out"))
        Work(course).fill(double=spy, shift=True).hand_in(tmp_path / "subs" / "eve")
        options = {"output": tmp_path / "out", "course": course, "unsafe": unsafe}
        (eve,) = grade_week(WEEK, tmp_path / "subs", **options)
    assert eve.earned == points


# The command


def parse(*words):
    parser = argparse.ArgumentParser()
    grade_module.add_arguments(parser)
    return parser.parse_args(words)


def test_command_prints_table_and_places(graded, course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    code = grade_module.run(
        parse(WEEK, str(graded.submissions / "..") + "/subs", "--output", str(graded.output))
    )
    shown = capsys.readouterr()
    assert code == 0
    assert "10/10   5/5  15/15  graded" in shown.out
    for name in ("scores.csv", "feedback", "gradebook.db"):
        assert name in shown.out
    assert shown.err == ""


@pytest.mark.parametrize(
    ("week", "make", "message"),
    [
        ("week9", "student", "no week 'week9'; the weeks are: week1_small, week2_other"),
        (WEEK, "nothing", "there is no folder"),
        (WEEK, "empty", "is empty"),
    ],
)
def test_command_fails_when_nothing_can_be_done(
    course, tmp_path, monkeypatch, capsys, week, make, message
):
    monkeypatch.chdir(course)
    if make != "nothing":
        (tmp_path / "subs").mkdir()
    if make == "student":
        (tmp_path / "subs" / "ada").mkdir()
    arguments = parse(week, str(tmp_path / "subs"), "--output", str(tmp_path / "out"))
    assert grade_module.run(arguments) == 2
    assert message in capsys.readouterr().err


def test_csv_neutralises_formulas(graded):
    evil = replace(graded.results["ada"], student="=SUM(A1)")
    assert "\n'=SUM(A1)," in to_csv({WEEK: [evil]}, {})


def test_nbgrader_config_names_the_courses_folders():
    source = (ROOT / "nbgrader_config.py").read_text()
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    directory = config.CourseDirectory
    assert (directory.source_directory, directory.release_directory) == ("solutions", "notebooks")
    assert "*.py" in directory.ignore and directory.db_url.endswith("grading/gradebook.db")
    assert os.sep + "work" not in source

"""The builder on a tiny course: what it writes, what it leaves alone, what it refuses."""

import shutil
from pathlib import Path

import nbformat
import pytest
from mini_course import BULKY
from test_source import GOOD

from autograder.build import build_week, find_differences, read_execution
from autograder.course import Course, CourseError, find_course
from autograder.digest import execution_digest, helpers_of
from autograder.execute import ExecutionError, find_problems
from autograder.source import read_source

ROOT = Path(__file__).resolve().parent.parent
WEEK = "week0_tiny"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "solutions" / WEEK).mkdir(parents=True)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "lock.txt").write_text("numpy==2\n")
    shutil.copytree(ROOT / "utils", tmp_path / "utils", ignore=BULKY)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)
    write(course, GOOD)
    return course


def write(course, text):
    (course.solutions / WEEK / "lesson.py").write_text(text, encoding="utf-8")


def build(course, **options):
    told = []
    build_week(course, WEEK, tell=told.append, **options)
    return told


def snapshot(course):
    folders = (course.solutions, course.notebooks)
    return {p: p.read_bytes() for f in folders for p in sorted(f.rglob("*")) if p.is_file()}


def executed(course):
    return nbformat.read(course.solutions / WEEK / "lesson.ipynb", as_version=4)


def test_building_twice_changes_nothing_and_executes_once(course):
    assert any("executed in" in line for line in build(course))
    before = snapshot(course)
    assert build(course) == [f"{WEEK}: up to date"]
    assert snapshot(course) == before
    assert list(find_differences(course, WEEK)) == []


def test_a_fresh_build_gives_the_same_learners_version(course):
    build(course)
    first = (course.notebooks / WEEK / "lesson.ipynb").read_bytes()
    shutil.rmtree(course.notebooks)
    build(course, force=True)
    assert (course.notebooks / WEEK / "lesson.ipynb").read_bytes() == first


def test_the_learners_version_has_a_stub_and_no_secret(course):
    build(course)
    text = (course.notebooks / WEEK / "lesson.ipynb").read_text()
    assert "Exercise double is still to be done" in text
    assert "2 * x" not in text and "nine" not in text and "digest" not in text
    assert [p.name for p in (course.notebooks / WEEK).iterdir()] == ["lesson.ipynb"]


def test_words_can_change_without_another_execution(course):
    build(course)
    write(course, GOOD.replace("# # Doubling", "# # Doubling numbers"))
    assert [line for line in find_differences(course, WEEK) if "differs" in line]
    assert not any("execut" in line for line in build(course))
    assert executed(course).cells[0].source == "# Doubling numbers"
    assert "Doubling numbers" in (course.notebooks / WEEK / "lesson.ipynb").read_text()


@pytest.mark.parametrize("what", ["code", "helper", "lock"])
def test_code_helper_and_lock_ask_for_another_execution(course, what):
    build(course)
    if what == "code":
        write(course, GOOD.replace("print(double(3))", "print(double(5))"))
    elif what == "helper":
        with (course.root / "utils" / "checks.py").open("a") as file:
            file.write("\n# changed\n")
    else:
        course.lock.write_text("numpy==3\n")
    assert list(find_differences(course, WEEK)) != []
    assert any("executed in" in line for line in build(course))
    assert list(find_differences(course, WEEK)) == []


def test_a_helper_that_is_not_imported_does_not_count(course):
    build(course)
    (course.root / "utils" / "other.py").write_text("x = 1\n")
    assert list(find_differences(course, WEEK)) == []


def test_the_digest_follows_imports_of_imports(course):
    (course.root / "utils" / "one.py").write_text("from utils import two\n")
    (course.root / "utils" / "two.py").write_text("TABLE = 'table.toml'\n")
    (course.root / "utils" / "table.toml").write_text("a = 1\n")
    names = [path.name for path in helpers_of("import utils.one", course.root)]
    assert names == ["__init__.py", "one.py", "table.toml", "two.py"]


def test_the_digest_looks_into_folders_of_data_but_not_into_packages(course):
    utils = course.root / "utils"
    (utils / "one.py").write_text("LIST = 'list.toml'\n")
    for name in ("paintings", "village"):
        (utils / name).mkdir()
        (utils / name / "list.toml").write_text("a = 1\n")
    (utils / "village" / "__init__.py").write_text("")
    names = [p.relative_to(utils).as_posix() for p in helpers_of("import utils.one", course.root)]
    assert names == ["one.py", "paintings/list.toml"]


@pytest.mark.parametrize(
    "code",
    [
        "import utils.town.roads",
        "from utils.town import roads",
        "from utils.town.roads import width",
        "from utils.town import width",
    ],
)
def test_the_digest_follows_imports_of_a_package_inside_utils(course, code):
    town = course.root / "utils" / "town"
    town.mkdir()
    (town / "__init__.py").write_text("from utils.town.roads import width\n")
    (town / "roads.py").write_text("from utils.town.lanes import lane\nwidth = 2 * lane\n")
    (town / "lanes.py").write_text("lane, LIST = 3, 'lanes.toml'\n")
    (town / "unused.py").write_text("x = 1\n")
    (town / "lanes.toml").write_text("a = 1\n")
    (town / "other.toml").write_text("a = 1\n")
    names = [path.relative_to(town).as_posix() for path in helpers_of(code, course.root)]
    assert names == ["__init__.py", "lanes.py", "lanes.toml", "roads.py"]


def test_the_digest_counts_a_measurement_that_the_lesson_shows(course):
    source = read_source(course.solutions / WEEK / "lesson.py")
    before = execution_digest(source, course)
    (course.root / "docs").mkdir(exist_ok=True)
    (course.root / "docs" / "lesson_costs.json").write_text("{}")
    assert execution_digest(source, course) == before
    text = source.path.read_text(encoding="utf-8")
    source.path.write_text(text + '\n# %%\nname = "lesson_costs.json"\n', encoding="utf-8")
    source = read_source(source.path)
    named = execution_digest(source, course)
    (course.root / "docs" / "lesson_costs.json").write_text("[]")
    assert execution_digest(source, course) != named


def test_the_digest_is_that_of_the_source(course):
    build(course)
    source = read_source(course.solutions / WEEK / "lesson.py")
    assert read_execution(executed(course)).digest == execution_digest(source, course)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("print(double(3))", "print(1 / 0)", "ZeroDivisionError"),
        ("return 2 * x", "return 3 * x", "gives the solution 0.0 of 4.0"),
        ("print(double(3))", "import sys\nprint('oh', file=sys.stderr)", "standard error: oh"),
        ("print(double(3))", "%nosuchmagic\n1 / 0", "no Python"),
    ],
)
def test_a_solution_that_does_not_run_clean_is_refused(course, old, new, words):
    write(course, GOOD.replace(old, new))
    with pytest.raises(Exception, match=words) as caught:
        build(course)
    assert type(caught.value).__name__ in ("ExecutionError", "SourceError")
    assert not (course.solutions / WEEK / "lesson.ipynb").exists()


def test_a_kernel_that_dies_is_told(course):
    write(course, GOOD.replace("print(double(3))", "import os\nos._exit(3)"))
    with pytest.raises(ExecutionError, match="died"):
        build(course)


def test_an_error_in_a_committed_execution_is_found_even_where_nbval_is_blind(course):
    build(course)
    notebook = executed(course)
    notebook.cells[-1].source = "%nosuchmagic\n1 / 0"
    notebook.cells[-1].outputs = [
        nbformat.v4.new_output("stream", name="stderr", text="UsageError: %nosuchmagic not found"),
        nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="x", traceback=[]),
    ]
    problems = list(find_problems(notebook))
    assert any("ZeroDivisionError" in line for line in problems)
    assert any("standard error" in line for line in problems)


def test_a_check_that_says_nothing_is_found(course):
    build(course)
    notebook = executed(course)
    notebook.cells[3].outputs = []
    assert [line for line in find_problems(notebook) if "reported nothing" in line]


def test_an_edited_learners_version_is_found_and_mended(course):
    build(course)
    path = course.notebooks / WEEK / "lesson.ipynb"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"Twice x", b"Thrice x"))
    assert any("differs" in line for line in find_differences(course, WEEK))
    build(course)
    assert path.read_bytes() == good


def test_a_notebook_whose_source_is_gone_goes_too(course):
    build(course)
    (course.solutions / WEEK / "lesson.py").rename(course.solutions / WEEK / "renamed.py")
    build(course)
    assert [p.name for p in (course.notebooks / WEEK).iterdir()] == ["renamed.ipynb"]
    assert not (course.solutions / WEEK / "lesson.ipynb").exists()


def test_an_unknown_week_lists_the_weeks(course):
    with pytest.raises(CourseError, match="the weeks are: week0_tiny"):
        build_week(course, "week9", tell=print)


def test_the_course_is_found_from_a_folder_inside(course):
    assert find_course(course.solutions / WEEK).root == course.root.resolve()

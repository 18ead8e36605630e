import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from benchmarks import measured  # noqa: E402
from benchmarks.measured import Benchmark, MeasuredError  # noqa: E402

SCRIPT = '''"""Measures."""
from utils.numbers import two

EXERCISES = ("double",)
PAGE_TEXT = """Twice two: {answer}"""


def page(result):
    """Word it."""
    return PAGE_TEXT.format(**result)
'''
LESSON = '''# %% tags=["setup"]
from utils.checks import Checks
from utils.numbers import two

# %% exercise="double"
def double(x):
    """Double a number."""
    ### BEGIN SOLUTION
    return two() * x
    ### END SOLUTION

# %% check="double" points=1
checks = Checks("double")
with checks("doubles"):
    assert double(2) == 4, "no"
### BEGIN HIDDEN TESTS
with checks.hidden("doubles again"):
    assert double(3) == 6, "no"
### END HIDDEN TESTS
checks.report()

# %% exercise="triple"
def triple(x):
    ### BEGIN SOLUTION
    raise RuntimeError("not to be run")
    ### END SOLUTION


triple(1)

# %% check="triple" points=1
checks = Checks("triple")
with checks("triples"):
    assert triple(2) == 6, "no"
### BEGIN HIDDEN TESTS
with checks.hidden("triples again"):
    assert triple(3) == 9, "no"
### END HIDDEN TESTS
checks.report()
'''
HELPER = '''"""Numbers."""
from utils import base
from utils.other import one, unused

REGISTER = []


def two():
    return one() + base.ONE  # not three


def three():
    return unused()


REGISTER.append("a")
'''
OTHER = """STEP = 1


def one():
    return STEP


def unused():
    return 9
"""


@pytest.fixture
def benchmark(tmp_path):
    """A benchmark with a lesson of two exercises, of which it uses one, and with its result."""
    for path, text in (
        ("benchmarks/twice.py", SCRIPT),
        ("solutions/week9_numbers/twice.py", LESSON),
        ("utils/numbers.py", HELPER),
        ("utils/other.py", OTHER),
        ("utils/base.py", "ONE = 1\n"),
    ):
        tmp_path.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(path).write_text(text)
    tmp_path.joinpath("docs").mkdir()
    made = Benchmark("twice", tmp_path)
    measured.write(made, {"answer": 4}, lambda result: f"Twice two: {result['answer']}")
    return made


def edit(benchmark, path, old, new):
    file = benchmark.root / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize("made", measured.benchmarks(), ids=lambda made: made.name)
def test_a_committed_result_was_measured_with_the_committed_sources(made):
    assert not measured.is_stale(made), (
        f"docs/{made.name}.json was measured with other sources: "
        f"run `python benchmarks/{made.name}.py`"
    )


@pytest.mark.parametrize("made", measured.benchmarks(), ids=lambda made: made.name)
def test_a_committed_page_says_what_was_measured(made):
    spec = importlib.util.spec_from_file_location(f"benchmark_{made.name}", made.script)
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script  # dataclasses look their module up
    spec.loader.exec_module(script)
    assert made.page.read_text(encoding="utf-8") == script.page(measured.read(made))


def test_a_new_result_is_kept_and_not_stale(benchmark):
    assert measured.read(benchmark) == {"answer": 4}
    assert benchmark.page.read_text() == "Twice two: 4"
    assert not measured.is_stale(benchmark)
    assert measured.benchmarks(benchmark.root) == [benchmark]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("benchmarks/twice.py", "**result", "answer=5"),
        ("solutions/week9_numbers/twice.py", "two() * x", "x * two()"),
        ("solutions/week9_numbers/twice.py", "two\n", "two\n\nprint()\n"),
        ("utils/numbers.py", "return one", "return 1 + one"),
        ("utils/numbers.py", '"a"', '"b"'),
        ("utils/other.py", "STEP = 1", "STEP = 2"),
        ("utils/base.py", "ONE = 1", "ONE = 2"),
    ],
    ids=["script", "exercise", "setup", "helper", "effect", "its helper", "its module"],
)
def test_another_source_makes_a_result_stale(benchmark, path, old, new):
    edit(benchmark, path, old, new)
    assert measured.is_stale(benchmark)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("benchmarks/twice.py", "Measures.", "Measures\n\nmuch."),
        ("benchmarks/twice.py", '"""Twice two: ', '"""Two times\ntwo: '),
        ("solutions/week9_numbers/twice.py", "Double a number.", "Twice a number."),
        ("solutions/week9_numbers/twice.py", "not to be run", "never run"),
        ("solutions/week9_numbers/twice.py", "doubles again", "once more"),
        ("utils/numbers.py", "not three", "nor four"),
        ("utils/numbers.py", "Numbers.", "Some numbers."),
        ("utils/numbers.py", "return unused()", "return 3"),
        ("utils/other.py", "return 9", "return 10"),
        ("solutions/week9_numbers/twice.py", "import two\n", "import two\n\nA = 1\n"),
    ],
    ids=[
        "docstring",
        "page",
        "words",
        "other exercise",
        "check",
        "comment",
        "module",
        "unused function",
        "its helper",
        "unused setup",
    ],
)
def test_words_and_what_is_not_used_do_not(benchmark, path, old, new):
    edit(benchmark, path, old, new)
    assert not measured.is_stale(benchmark)


def test_an_edit_during_a_measurement_makes_its_result_stale(benchmark):
    before = measured.digest(benchmark)
    edit(benchmark, "utils/base.py", "ONE = 1", "ONE = 2")
    measured.write(benchmark, {"answer": 4}, str, before)
    assert measured.is_stale(benchmark)


def test_a_hash_sign_in_a_string_is_code(benchmark):
    edit(benchmark, "utils/numbers.py", "return one()", 'return len("#a")')
    measured.write(benchmark, {"answer": 4}, str)
    edit(benchmark, "utils/numbers.py", '"#a"', '"#ab"')
    assert measured.is_stale(benchmark)


def test_the_reference_is_run_for_the_exercises_in_use_alone(benchmark, monkeypatch):
    edit(
        benchmark, "solutions/week9_numbers/twice.py", "from utils.numbers import two", "FACTOR = 2"
    )
    edit(benchmark, "solutions/week9_numbers/twice.py", "two() * x", "FACTOR * x")
    names = measured.reference(benchmark)
    assert names["double"](21) == 42
    assert "triple" not in names
    assert "Checks" not in names


def test_an_exercise_that_the_lesson_lacks_is_named(benchmark):
    edit(benchmark, "benchmarks/twice.py", '("double",)', '("double", "half")')
    with pytest.raises(MeasuredError, match=r"twice\.py has no exercise half"):
        measured.reference(benchmark)


def test_a_script_without_its_constant_is_named(benchmark):
    edit(benchmark, "benchmarks/twice.py", "EXERCISES", "USED")
    with pytest.raises(MeasuredError, match=r"twice\.py has no constant EXERCISES"):
        measured.digest(benchmark)


def test_two_benchmarks_can_measure_one_lesson(benchmark):
    script = 'LESSON = "twice"\n' + SCRIPT
    (benchmark.root / "benchmarks/longer.py").write_text(script)
    longer = Benchmark("longer", benchmark.root)
    assert longer.lesson == benchmark.lesson
    measured.write(longer, {"answer": 4}, str)
    edit(benchmark, "solutions/week9_numbers/twice.py", "two() * x", "x + x")
    assert measured.is_stale(longer)


def test_a_missing_lesson_is_named(benchmark):
    benchmark.lesson.unlink()
    with pytest.raises(MeasuredError, match=r"found 0 lessons solutions/\*/twice\.py"):
        measured.is_stale(benchmark)


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, "no twice.json yet"), ("{", "not valid JSON"), (json.dumps([1]), "lacks `sources`")],
)
def test_a_result_that_cannot_be_read_says_what_to_run(benchmark, text, message):
    benchmark.record.unlink()
    if text is not None:
        benchmark.record.write_text(text)
    with pytest.raises(MeasuredError, match=message) as error:
        measured.read(benchmark)
    assert "Run `python benchmarks/twice.py`" in str(error.value)

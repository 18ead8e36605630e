"""Sources are read, and every mistake of an author is one line with file and line number."""

import nbformat
import pytest

from autograder.source import CellKind, SourceError, read_source, read_week, to_notebook

GOOD = '''\
# %% [markdown]
# # Doubling

# %% tags=["setup"]
from utils.checks import Checks, assert_close

# %% exercise="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double" points=4
checks = Checks("double")
with checks("twice two is four", hint="add"):
    assert_close(double(2), 4)
### BEGIN HIDDEN TESTS
with checks.hidden("twice nine is eighteen", hint="add"):
    assert_close(double(9), 18)
### END HIDDEN TESTS
checks.report()

# %%
print(double(3))
'''


@pytest.fixture
def write(tmp_path):
    def write(text, name="lesson.py", week="week0_tiny"):
        folder = tmp_path / week
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_good_source(write):
    source = read_source(write(GOOD))
    assert [cell.kind for cell in source.cells] == list(CellKind)
    check = source.of_kind(CellKind.CHECK)[0]
    assert (check.exercise, check.points, check.visible, check.hidden) == ("double", 4, 1, 1)
    assert (source.week, source.name) == ("week0_tiny", "lesson")


def test_the_notebook_has_nbgraders_metadata(write):
    notebook = to_notebook(read_source(write(GOOD)))
    nbformat.validate(notebook)
    words, setup, exercise, check, course = notebook.cells
    assert "nbgrader" not in words.metadata and "nbgrader" not in course.metadata
    assert setup.metadata.nbgrader.locked and setup.metadata.tags == ["setup"]
    assert exercise.metadata.nbgrader == {
        "grade": False,
        "grade_id": "double",
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    assert check.metadata.nbgrader.points == 4
    assert check.metadata.nbgrader.grade_id == "check_double"
    assert 'Checks("double", points=4, hidden=1)' in check.source


def test_cell_ids_are_stable_when_cells_move(write):
    before = to_notebook(read_source(write(GOOD)))
    after = to_notebook(read_source(write("# %%\nx = 1\n\n" + GOOD)))
    assert [c.id for c in after.cells][1:] == [c.id for c in before.cells]


def test_equal_cells_get_different_ids(write):
    notebook = to_notebook(read_source(write(GOOD + "\n# %%\nprint(double(3))\n")))
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


MISTAKES = {
    "unclosed solution": ("    ### END SOLUTION\n", "", 10, "is not closed"),
    "unclosed hidden": ("### END HIDDEN TESTS\n", "", 18, "is not closed"),
    "end without begin": ("    ### BEGIN SOLUTION\n", "", 11, "has no `### BEGIN SOLUTION`"),
    "nested": (
        "    return 2 * x\n",
        "    ### BEGIN SOLUTION\n    return 2 * x\n",
        11,
        "stands inside another",
    ),
    "check without exercise": ('exercise="double"', 'tags=["x"]', 10, "outside an exercise"),
    "check of nothing": ('# %% check="double"', '# %% check="triple"', 14, "exactly one Checks"),
    "points zero": ("points=4", "points=0", 14, "whole number above 0, got 0"),
    "points text": ("points=4", 'points="ten"', 14, "got 'ten'"),
    "points half": ("points=4", "points=1.5", 14, "got 1.5"),
    "points missing": (" points=4", "", 14, "got None"),
    "points on exercise": ('"double"\ndef', '"double" points=3\ndef', 7, "header of the check"),
    "bad id": ('exercise="double"', 'exercise="Double it"', 7, "is no id"),
    "unknown key": ("points=4", "points=4 point=3", 14, "unknown key in its header: point"),
    "unreadable header": ("points=4", "points=four", 14, "cannot be read"),
    "no header": ("# %% [markdown]\n# # Doubling", "x = 1", 1, "without a cell header"),
    "syntax": ("    return 2 * x", "    return 2 *", 11, "is no Python"),
    "no solution": (
        "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        "    return 2 * x",
        7,
        "nothing would be to do",
    ),
    "no report": ("checks.report()\n", "", 14, "must end with"),
    "no checks": ('Checks("double")', 'Checks("other")', 14, "exactly one Checks"),
    "points in code": ('Checks("double")', 'Checks("double", points=3)', 14, "exactly one"),
    "no hidden check": ("checks.hidden(", "checks(", 19, "use .hidden"),
    "hidden in the open": ("with checks(", "with checks.hidden(", 16, "would be published"),
    "computed name": ('checks("twice', 'checks(f"twice', 16, "plain string"),
    "bare assert": ("    assert_close(double(2), 4)", "    assert double(2) == 4", 17, "message"),
    "unknown name": ("assert_close(double(2)", "assert_close(helper(2)", 17, "`helper` comes from"),
    "setup needs the learner": (
        "from utils.checks import Checks, assert_close",
        "from utils.checks import Checks, assert_close\ny = double(1)",
        6,
        "`double` comes from no setup cell: grading",
    ),
    "bad tags": ('tags=["setup"]', 'tags="setup"', 4, "no list"),
    "both": ('check="double" points', 'check="double" exercise="double" points', 14, "two cells"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_with_file_and_line(write, name):
    old, new, line, words = MISTAKES[name]
    assert old in GOOD
    path = write(GOOD.replace(old, new, 1))
    with pytest.raises(SourceError) as caught:
        read_source(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: "), message
    assert words in message
    assert "\n" not in message


def cell_text(start, end):
    return GOOD[GOOD.index(start) : GOOD.index(end)]


def test_an_exercise_without_check(write):
    path = write(GOOD.replace(cell_text("# %% check", "# %%\nprint"), ""))
    with pytest.raises(SourceError, match=r':7: exercise="double" has no check'):
        read_source(path)


def test_a_check_without_exercise(write):
    path = write(GOOD.replace(cell_text("# %% exercise", "# %% check"), ""))
    with pytest.raises(SourceError, match=r':7: check="double" has no exercise'):
        read_source(path)


def test_the_same_id_twice_in_a_lesson(write):
    path = write(GOOD + "\n" + cell_text("# %% exercise", "# %%\nprint"))
    with pytest.raises(SourceError, match=r"stands in line 7 too"):
        read_source(path)


def test_the_same_id_twice_in_a_week(write):
    write(GOOD, "first.py")
    path = write(GOOD, "second.py")
    with pytest.raises(SourceError, match=r"stands in first.py too") as caught:
        read_week(path.parent)
    assert str(caught.value).startswith(f"{path}:7: ")


def test_a_file_that_is_not_utf8(write):
    path = write(GOOD)
    path.write_bytes(b"# %%\nx = '\xff'\n")
    with pytest.raises(SourceError, match="save it as UTF-8"):
        read_source(path)


def test_a_solution_in_words_is_refused(write):
    path = write(
        GOOD.replace("# # Doubling", "# # Doubling\n# ### BEGIN SOLUTION\n# ### END SOLUTION")
    )
    with pytest.raises(SourceError, match="would be published"):
        read_source(path)

"""Hand-ins are read as data: each becomes a notebook to grade or a clear sentence."""

import errno
import json
import os
import socket
import stat
import tracemalloc
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mini_course import WEEK, Work, build_mini_course, id_of

from autograder import intake
from autograder.course import Course, CourseError
from autograder.coursework import exercise_owners, load_week
from autograder.intake import IntakeError, Location, Refused, find, read, read_notebook
from autograder.rebuild import rebuild


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return build_mini_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def week(course):
    return load_week(Course(course), WEEK)


def owners_of(course):
    return {e: f"{name} of {w}" for w, name, es in exercise_owners(Course(course)) for e in es}


def rebuilt(work, week):
    cells = intake._cells(intake._parse(work.text()))
    return rebuild(next(n for n in week.notebooks if n.name == work.name), cells)


def answer_in(result, grade_id):
    return next(c for c in result.node.cells if id_of(c) == grade_id).source


def kinds(result):
    return [c.metadata.course.kind for c in result.node.cells]


# The course's side


def test_week_has_points_stubs_and_hidden_checks(week):
    arrays = next(n for n in week.notebooks if n.name == "arrays")
    assert [(c.exercise, c.points) for c in arrays.checks] == [("double", 4), ("shift", 6)]
    assert all("NotImplementedError" in c.text for c in arrays.exercises)
    assert "2 * x" not in arrays.exercises[0].text
    check = arrays.checks[0]
    assert "secret" in check.text and "secret" not in check.learner_text


def test_unknown_week_lists_the_weeks(course):
    with pytest.raises(CourseError, match="'week9'; the weeks are: week1_small, week2_other"):
        load_week(Course(course), "week9")


# Files


def test_reads_a_notebook_with_a_byte_order_mark(course, tmp_path):
    path = Work(course).hand_in(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert any(cell.grade_id == "double" for cell in read_notebook(path))


def test_truncated_file_says_where_it_ends(course, tmp_path):
    path = Work(course).hand_in(tmp_path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:40]))
    with pytest.raises(Refused, match=r"is not JSON: it ends in the middle \(line 40\)"):
        read_notebook(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"print('hello')\n", "is not a notebook: a notebook file is JSON"),
        (b"[1, 2]", "is not a notebook: a notebook file is JSON"),
        (b'{"cells": [}', "is not JSON: line 1, column 12"),
        (b'{"cells": ["cut in a string', r"it ends in the middle \(line 1\)"),
        (b'{"a": 1}', "no list of cells"),
        (b'{"cells": {}}', "no list of cells"),
        (b'{"worksheets": []}', "old format"),
        (b'{"cells": []}', "has no cell"),
        (b'{"cells": [1, null, {"cell_type": "code", "source": 5}]}', "has no cell"),
        ('{"cells": ["é"]}'.encode("latin-1"), r"is not UTF-8 text \(line 1\)"),
        ('{"cells": []}'.encode("utf-16"), "is UTF-16 text"),
        (b"PK\x03\x04rest", "zip"),
        (b"%PDF-1.7", "PDF"),
        (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"cells": [' + b"0," * 4_000_001 + b"0]}", "too many values"),
        (b'{"cells": [' + b"{}," * 2001 + b"{}]}", "2002 cells, the limit is 2000"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_file_is_refused_with_its_reason(tmp_path, content, reason):
    path = tmp_path / "arrays.ipynb"
    path.write_bytes(content)
    with pytest.raises(Refused, match=reason):
        read_notebook(path)


def test_large_file_says_size_limit_and_what_to_do(tmp_path):
    path = tmp_path / "arrays.ipynb"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)  # takes no room on the disk
    with pytest.raises(Refused, match=r"is 200 MiB, the limit is 64 MiB: clear all outputs"):
        read_notebook(path)


def test_links_pipes_sockets_and_folders_are_not_opened(course, tmp_path):
    real = Work(course).fill(double=True).hand_in(tmp_path / "real")
    (tmp_path / "link").symlink_to(real)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name in ("link", "pipe", "folder", "socket"):
            with pytest.raises(Refused, match="hand in the file itself"):
                read_notebook(tmp_path / name)


def test_odd_values_in_cells_do_no_harm():
    odd = {
        "cells": [
            {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": None, "id": 7},
            {"cell_type": "code", "source": "\ud800x", "metadata": {"nbgrader": []}},
            {"cell_type": "code", "source": "y", "metadata": {"nbgrader": {"grade_id": [1]}}},
            {"cell_type": "wild", "source": "z"},
        ]
    }
    cells = intake._cells(intake._parse(json.dumps(odd)))
    assert [cell.text for cell in cells] == ["a = 1\nb = 2", "?x", "y"]
    assert {cell.grade_id for cell in cells} == {""}


def test_number_of_a_million_digits_costs_nothing(tmp_path):
    text = '{"nbformat": ' + "9" * 1_000_000 + ', "cells": [{"cell_type": "code", "source": "x"}]}'
    assert len(intake._cells(intake._parse(text))) == 1


# Folders


def test_finds_students_in_both_layouts(course, week, tmp_path):
    Work(course).hand_in(tmp_path / "ada")
    Work(course).hand_in(tmp_path / "bob" / WEEK)
    (tmp_path / "readme.txt").write_text("not a student")
    (tmp_path / ".cache").mkdir()
    locations = find(tmp_path)
    assert [location.student for location in locations] == ["ada", "bob"]
    for location in locations:
        arrays, sums = read(location, week).notebooks
        assert arrays.cells and not arrays.problem
        assert sums.missing and sums.problem == "missing: sums.ipynb"


@pytest.mark.parametrize("make", ["nothing", "empty", "loose"])
def test_useless_folder_says_what_to_do(course, tmp_path, make):
    folder = tmp_path / "subs"
    if make != "nothing":
        folder.mkdir()
    if make == "loose":
        Work(course).hand_in(folder)
    expected = {
        "nothing": "there is no folder",
        "empty": "is empty: it should hold a folder for each student",
        "loose": "lie loose: put each student's into a folder",
    }
    with pytest.raises(IntakeError, match=expected[make]):
        find(folder)


def test_empty_linked_and_badly_named_folders_become_sentences(course, week, tmp_path):
    (tmp_path / "empty").mkdir()
    Work(course).hand_in(tmp_path / "elsewhere" / "x")
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere" / "x")
    Work(course).hand_in(tmp_path / "st[a]r*")
    Work(course).hand_in(tmp_path / ("x" * 101))
    problem = {loc.student: read(loc, week).problem for loc in find(tmp_path)}
    assert problem["empty"] == "nothing handed in: the folder is empty"
    assert "is a link" in problem["linked"]
    assert "rename it" in problem["st[a]r*"]
    assert "rename it" in problem["x" * 101]


def test_another_weeks_notebook_is_named(course, week, tmp_path):
    Work(course, "products", "week2_other").hand_in(tmp_path / "eve", "arrays.ipynb")
    hand_in = read(Location("eve", tmp_path / "eve"), week, owners_of(course))
    assert hand_in.notebooks[0].problem == (
        "refused: arrays.ipynb is products of week2_other: none of this notebook's exercises are "
        "in it"
    )


@pytest.mark.parametrize("name", ["arrays (1).ipynb", "arrays-Copy1.ipynb", "Eve_12_arrays.ipynb"])
def test_renamed_file_is_found_and_noted(course, week, tmp_path, name):
    Work(course).hand_in(tmp_path / "eve", name)
    arrays = read(Location("eve", tmp_path / "eve"), week).notebooks[0]
    assert arrays.cells and arrays.repairs == (f"The file was named {name}.",)


def test_two_candidates_are_not_guessed_between(course, week, tmp_path):
    Work(course).hand_in(tmp_path / "eve", "arrays (1).ipynb")
    Work(course).hand_in(tmp_path / "eve", "arrays (2).ipynb")
    arrays = read(Location("eve", tmp_path / "eve"), week).notebooks[0]
    assert "could be any of arrays (1).ipynb, arrays (2).ipynb: keep one" in arrays.problem


def test_digest_follows_the_content(course, week, tmp_path):
    where = Location("eve", tmp_path / "eve")
    digests = []
    for answer in ("def double(x): return x", "def double(x): return 2 * x"):
        Work(course).fill(double=answer).hand_in(tmp_path / "eve")
        digests.append(read(where, week).digest)
    assert digests[0] != digests[1]
    assert read(where, week).digest == digests[1]


# Rebuilding


def test_untouched_hand_in_needs_no_repair(course, week):
    result = rebuilt(Work(course).fill(double=True, shift=True), week)
    assert result.repairs == ()
    assert "return 2 * x" in answer_in(result, "double")
    assert "secret" in answer_in(result, "check_double")
    plain = [c for c in result.node.cells if c.metadata.course.kind == "plain"]
    assert all("skip-execution" in c.metadata.tags for c in plain if c.cell_type == "code")


def test_checks_points_setup_and_tags_come_from_the_course(course, week):
    work = Work(course).fill(double=True)
    check = work.cell("check_double")
    check.source = "1000"
    check.metadata.nbgrader.points = 1000
    check.metadata.tags = ["skip-execution"]
    setup = next(c for c in work.node.cells if "ONES" in c.source)
    setup.source = "ONES = 5"
    result = rebuilt(work, week)
    cell = next(c for c in result.node.cells if id_of(c) == "check_double")
    assert "secret" in cell.source and cell.metadata.nbgrader.points == 4
    assert "tags" not in cell.metadata
    assert "The check of double was changed; the course's is used." in result.repairs
    assert "The setup cell was changed; the course's is used." in result.repairs


def test_missing_cells_are_put_back(course, week):
    work = Work(course).fill(double=True, shift=True)
    for grade_id in ("shift", "check_double"):
        work.node.cells.remove(work.cell(grade_id))
    result = rebuilt(work, week)
    assert "NotImplementedError" in answer_in(result, "shift")
    assert "Exercise shift: its cell was missing and was put back blank." in result.repairs
    assert "The check of double was missing; the course's is used." in result.repairs


def test_copied_check_cell_is_there_once(course, week):
    work = Work(course).fill(double=True)
    work.node.cells.append(work.cell("check_double").copy())
    result = rebuilt(work, week)
    assert sum(id_of(c) == "check_double" for c in result.node.cells) == 1


def test_blank_copy_does_not_hide_the_answer(course, week):
    work = Work(course)
    copy = work.cell("double").copy()
    copy.source = work.solutions["double"]
    work.node.cells.insert(work.index("double") + 1, copy)
    result = rebuilt(work, week)
    assert "return 2 * x" in answer_in(result, "double")
    assert "own" not in kinds(result)
    assert any("its cell was there 2 times" in repair for repair in result.repairs)


def test_filled_copies_run_in_their_order(course, week):
    work = Work(course).fill(double="def double(x): return x")
    copy = work.cell("double").copy()
    copy.source = "def double(x): return x + x"
    work.node.cells.insert(work.index("double") + 1, copy)
    sources = [c.source for c in rebuilt(work, week).node.cells]
    first = sources.index("def double(x): return x")
    assert sources[first + 1] == "def double(x): return x + x"


def test_retyped_cell_is_code_again(course, week):
    work = Work(course).fill(double=True)
    old = work.cell("double")
    old.cell_type = "markdown"
    result = rebuilt(work, week)
    cell = next(c for c in result.node.cells if id_of(c) == "double")
    assert cell.cell_type == "code" and "return 2 * x" in cell.source
    assert "Exercise double: its cell was of type markdown, now code again." in result.repairs


@pytest.mark.parametrize("keep_ids", [True, False])
def test_answers_are_found_without_marks(course, week, keep_ids):
    work = Work(course).fill(double=True, shift=True)
    for number, cell in enumerate(work.node.cells):
        cell.metadata = {}
        if not keep_ids:
            cell["id"] = f"new-{number}"
    result = rebuilt(work, week)
    assert "return 2 * x" in answer_in(result, "double")
    assert "return x + 1" in answer_in(result, "shift")
    assert "own" not in kinds(result)


def test_own_cells_stay_where_they_were_without_their_marks(course, week):
    work = Work(course).fill(double=True)
    work.add("helper = 1", after="double").add("# Thoughts", after="check_double", kind="markdown")
    work.node.cells[work.index("double") + 1].metadata = {
        "tags": ["skip-execution"],
        "nbgrader": {"grade": True, "points": 50, "grade_id": "mine"},
    }
    result = rebuilt(work, week)
    position = [id_of(c) for c in result.node.cells].index("double")
    own = result.node.cells[position + 1]
    assert own.source == "helper = 1"
    assert own.metadata == {"course": {"kind": "own"}} and own.id == "own-1"
    assert result.repairs == ()


def test_reordered_cells_come_back_into_order(course, week):
    work = Work(course).fill(double=True, shift=True)
    work.node.cells.insert(1, work.node.cells.pop(work.index("shift")))
    result = rebuilt(work, week)
    ids = [id_of(c) for c in result.node.cells if id_of(c)]
    assert ids.index("double") < ids.index("check_double") < ids.index("shift")
    assert "The cells were in another order; the course's order is used." in result.repairs


def test_changed_demo_is_noted_once(course, week):
    work = Work(course).fill(double=True)
    demo = next(c for c in work.node.cells if "a demo of the course" in c.source)
    demo.source = "def my_helper(): return 1"
    repairs = rebuilt(work, week).repairs
    assert len(repairs) == 1 and "1 of the course's own cells was changed" in repairs[0]


def test_endless_text_is_left_out(course, week):
    work = Work(course).fill(double="x" * (intake.MAX_CELL_CHARACTERS + 1), shift=True)
    work.add("#" * (intake.MAX_CELL_CHARACTERS + 1), after="shift")
    result = rebuilt(work, week)
    assert "NotImplementedError" in answer_in(result, "double")
    assert len(result.repairs) == 2


# What is meant to do harm


def deep(levels):
    return b'{"cells": ' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: b"[" * (64 * 2**20), "begins with {"),
        (lambda: b'{"cells": ' + b"[" * (60 * 2**20), "too many values"),
        (lambda: deep(1_500_000), "nested too deeply"),
        (lambda: b'{"cells": [' + b'{"cell_type":"code"},' * 100_000 + b"{}]}", "100001 cells"),
        (lambda: b'{"a":' * 1_000_000, "nested too deeply"),
        (lambda: b'{"cells": "' + b"\\" * (60 * 2**20), "is not JSON"),
        (lambda: b'{"cells": [' + b"-" * (60 * 2**20), "is not JSON"),
    ],
    ids=["brackets", "cells", "deep", "many", "objects", "escapes", "signs"],
)
def test_harmful_json_is_refused_in_little_time_and_memory(tmp_path, make, reason):
    path = tmp_path / "arrays.ipynb"
    path.write_bytes(make())
    tracemalloc.start()
    begin = perf_counter()
    with pytest.raises(Refused, match=reason):
        read_notebook(path)
    seconds, (_, peak) = perf_counter() - begin, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 10
    assert peak < 640 * 2**20


def test_huge_cell_is_cut_to_what_shows_that_it_is_too_long(tmp_path):
    text = "x" * (50 * 2**20)
    path = tmp_path / "arrays.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": text}]}))
    (cell,) = read_notebook(path)
    assert len(cell.text) == intake.MAX_CELL_CHARACTERS + 1


def test_no_link_is_followed_on_the_whole_path(course, week, tmp_path):
    real = Work(course).hand_in(tmp_path / "elsewhere" / WEEK).parent
    subs = tmp_path / "subs"
    (subs / "inner").mkdir(parents=True)
    (subs / "inner" / WEEK).symlink_to(real)
    (subs / "outer").symlink_to(real.parent)
    (subs / "file").mkdir()
    (subs / "file" / "arrays.ipynb").symlink_to(real / "arrays.ipynb")
    (subs / "dangling").symlink_to(tmp_path / "nothing")
    (subs / "loop").symlink_to(subs / "loop")
    for location in find(subs):
        hand_in = read(location, week)
        said = hand_in.problem or hand_in.notebooks[0].problem
        assert "is a link" in said, location.student


def test_a_link_put_there_while_reading_is_not_followed(course, week, tmp_path, monkeypatch):
    real = Work(course).hand_in(tmp_path / "elsewhere").parent
    folder = Work(course).hand_in(tmp_path / "subs" / "eve").parent
    seen = os.stat

    def swapped(path, **options):
        status = seen(path, **options)
        if path == "eve" and folder.exists() and not folder.is_symlink():
            folder.rename(tmp_path / "gone")
            folder.symlink_to(real)
        return status

    monkeypatch.setattr(os, "stat", swapped)
    hand_in = read(Location("eve", folder), week)
    assert hand_in.problem.startswith("refused: ")


def test_devices_are_not_opened(course, week, tmp_path):
    with pytest.raises(Refused, match="device"):
        read_notebook(Path("/dev/zero"))


def test_file_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "arrays.ipynb"
    path.write_bytes(b"{" + b" " * 5000)
    monkeypatch.setattr(intake, "MAX_BYTES", 1000)
    real = tmp_path.stat()
    before = os.stat_result([stat.S_IFREG | 0o644, *list(real)[1:6], 10, *list(real)[7:10]])
    monkeypatch.setattr(os, "fstat", lambda _: before)
    with pytest.raises(Refused, match="the limit is"):
        read_notebook(path)


def test_file_without_permission_becomes_a_sentence(course, week, tmp_path, monkeypatch):
    path = Work(course).hand_in(tmp_path / "ada")
    path.chmod(0)
    if os.access(path, os.R_OK):  # an administrator may read everything
        real = os.open

        def refuse(name, *rest, **options):
            if name == "arrays.ipynb":
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(name, *rest, **options)

        monkeypatch.setattr(os, "open", refuse)
    (location,) = find(tmp_path)
    assert read(location, week).notebooks[0].problem == (
        "refused: arrays.ipynb cannot be read (Permission denied)"
    )


def test_submissions_that_cannot_be_read_are_an_intake_error(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(IntakeError, match=r"cannot be read \(Permission denied\)"):
        find(tmp_path)


def test_folder_with_countless_files_is_refused(week, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "MAX_FILES", 20)
    (tmp_path / "ada").mkdir()
    for number in range(21):
        (tmp_path / "ada" / str(number)).touch()
    (location,) = find(tmp_path)
    assert "holds more than 20 files" in read(location, week).problem


def test_names_of_folders_are_shown_without_harm_and_stay_apart(course, week, tmp_path):
    names = ["a\nb", "a\x1bb", "a\u202eb", "a?b", "bad\udcffbytes"]
    for name in names:
        Work(course).hand_in(tmp_path / name)
    found = find(tmp_path)
    assert len({location.student for location in found}) == len(names)
    for location in found:
        assert location.student.isprintable()
        assert "rename it" in read(location, week).problem


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("ada", True),
        ("con", True),
        ("Zoë O-B@uni.edu", True),
        ("प्रिया", True),
        ("x" * 100, True),
        ("", False),
        (".", False),
        ("..", False),
        (".hidden", False),
        ("x" * 101, False),
        ("語" * 90, False),  # too many bytes for a file's name
        (" ada", False),
        ("ada ", False),
        ("a/b", False),
        ("a\\b", False),
        ("a\nb", False),
        ("a*b", False),
        ("a\0b", False),
        ("a\u200bb", False),
    ],
)
def test_names_of_students(name, good):
    assert intake.is_student_name(name) is good


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "metadata", "nbgrader", "grade_id"])
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def places_in(value, path=()):
    """Yield the way to each value in a JSON tree."""
    yield path
    children = enumerate(value) if isinstance(value, list) else ()
    for key, child in value.items() if isinstance(value, dict) else children:
        yield from places_in(child, (*path, key))


def put(tree, path, value):
    for key in path[:-1]:
        tree = tree[key]
    tree[path[-1]] = value


PROPERTY = settings(
    max_examples=100, deadline=3000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def comes_to_an_end(path, week):
    """Read and rebuild whatever lies there; a crash is the only failure."""
    (location,) = find(path)
    for notebook in read(location, week).notebooks:
        if notebook.cells is None:
            assert notebook.problem
        else:
            rebuild(notebook.notebook, notebook.cells, notebook.repairs)


@PROPERTY
@given(data=st.data())
def test_any_change_of_a_notebooks_tree_is_read_or_refused(course, week, tmp_path, data):
    tree = json.loads(Work(course).fill(double=True).text())
    for _ in range(data.draw(st.integers(1, 4))):
        places = [path for path in places_in(tree) if path]
        if places:
            put(tree, data.draw(st.sampled_from(places)), data.draw(JSON))
    folder = tmp_path / "ada"
    folder.mkdir(exist_ok=True)
    (folder / "arrays.ipynb").write_text(json.dumps(tree), encoding="utf-8")
    comes_to_an_end(tmp_path, week)


@PROPERTY
@given(data=st.data())
def test_any_change_of_a_notebooks_bytes_is_read_or_refused(course, week, tmp_path, data):
    content = bytearray(Work(course).fill(double=True).text().encode())
    for _ in range(data.draw(st.integers(1, 6))):
        begin = data.draw(st.integers(0, len(content)))
        end = min(len(content), begin + data.draw(st.integers(0, 40)))
        token = st.sampled_from(
            [b"{", b"[", b'"', b"\\ud800", b"\0", b"1e999", b"NaN", b"\\", b","]
        )
        content[begin:end] = data.draw(st.binary(max_size=8) | token)
    folder = tmp_path / "ada"
    folder.mkdir(exist_ok=True)
    (folder / "arrays.ipynb").write_bytes(content)
    comes_to_an_end(tmp_path, week)

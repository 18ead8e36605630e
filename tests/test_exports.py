"""Points leave as Canvas and Moodle import them; every student is found, nothing is a formula."""

import csv
import io

import pytest

from autograder.exports import (
    ExportError,
    Person,
    canvas,
    moodle,
    read_roster,
    roster_from,
)
from autograder.intake import Location
from autograder.results import ExerciseResult, HandInResult, NotebookResult, Outcome
from autograder.scores import safe, to_csv

CANVAS = {
    "ada_11": Person("ada_11", "11", lms="canvas"),
    "bob_12": Person("bob_12", "12", lms="canvas"),
}


def result(student, earned=6.5, outcome=Outcome.PASSED, message=""):
    """A hand-in of two notebooks, 10 and 5 points; the second got all."""
    double = ExerciseResult("double", 10, earned, Outcome.PASSED)
    total = ExerciseResult("total", 5, 5, Outcome.PASSED)
    first = NotebookResult("arrays", outcome, (double,), message)
    notebooks = (first, NotebookResult("sums", Outcome.PASSED, (total,)))
    return HandInResult(student, "week1_small", notebooks)


def not_graded(student):
    return HandInResult(student, "week1_small", (), "refused: the folder's name ...")


def rows_of(export):
    return list(csv.reader(io.StringIO(export.text.removeprefix("\ufeff"))))


def dicts_of(export):
    return list(csv.DictReader(io.StringIO(export.text.removeprefix("\ufeff"))))


def roster_file(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


# Canvas


def test_canvas_file_is_in_its_importers_form():
    export = canvas([result("ada_11"), result("bob_12", 10)], CANVAS, "Week 1: small (4711)")
    assert rows_of(export) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 1: small (4711)"],
        ["    Points Possible", "", "", "", "", "15"],
        ["ada_11", "11", "", "", "", "11.5"],
        ["bob_12", "12", "", "", "", "15"],
    ]
    assert not export.text.startswith("\ufeff")  # its importer looks at the first cell
    assert export.left_out == ()


def test_canvas_column_is_the_week_where_no_assignment_is_named():
    assert rows_of(canvas([result("ada_11")], CANVAS))[0][-1] == "week1_small"


def test_changed_points_win_in_both():
    changed = {"ada_11": {"double": 9.25}}
    assert rows_of(canvas([result("ada_11")], CANVAS, changed=changed))[-1][-1] == "14.25"
    people = {"ada_11": Person("ada_11", email="ada@uni.edu")}
    row = dicts_of(moodle([result("ada_11")], people, changed))[0]
    assert row["Grade"] == "14.25"
    assert "double 9.25/10" in row["Feedback comments"]


def test_hand_ins_that_nobody_graded_have_no_row():
    export = canvas([result("ada_11"), not_graded("bob_12")], CANVAS)
    assert [row[0] for row in rows_of(export)[2:]] == ["ada_11"]
    assert export.left_out == ("bob_12",)


def test_canvas_needs_a_number():
    with pytest.raises(ExportError, match="the Canvas id of 'x' is no number: 'abc'"):
        canvas([result("x")], {"x": Person("x", "abc")})


# Moodle


def test_moodle_file_is_an_offline_grading_worksheet():
    people = roster_from([Location("Ada Lovelace_501", None, lms="moodle", lms_id="501")])
    export = moodle([result("Ada Lovelace_501")], people)
    assert export.text.startswith("\ufeffIdentifier,")
    (row,) = dicts_of(export)
    assert row == {
        "Identifier": "Participant 501",
        "Full name": "Ada Lovelace_501",
        "ID number": "",
        "Email address": "",
        "Username": "",
        "Grade": "11.5",
        "Maximum Grade": "15",
        "Last modified (grade)": "-",
        "Feedback comments": "arrays: double 6.5/10<br>sums: total 5/5",
    }


def test_moodle_comment_is_no_html_of_the_hand_ins():
    people = {"x": Person("x", email="x@uni.edu")}
    bad = result("x", outcome=Outcome.REFUSED, message="refused: <script>alert(1)</script>.ipynb")
    (row,) = dicts_of(moodle([bad], people))
    assert row["Feedback comments"] == (
        "arrays: refused: &lt;script&gt;alert(1)&lt;/script&gt;.ipynb<br>sums: total 5/5"
    )
    assert row["Grade"] == "5"


def test_moodle_keeps_the_identifier_of_another_language():
    people = {"x": Person("x", "Teilnehmer/in7")}
    assert dicts_of(moodle([result("x")], people))[0]["Identifier"] == "Teilnehmer/in7"


def test_moodle_wants_one_column_for_all():
    people = {"x": Person("x", email="x@uni.edu"), "y": Person("y", login="y")}
    with pytest.raises(ExportError, match=r"one column of .* filled in for every student"):
        moodle([result("x"), result("y")], people)


# Rosters


def test_ids_come_from_the_zip_of_the_same_system_only():
    places = [
        Location("ada_11", None, lms="canvas", lms_id="11"),
        Location("group_7", None),
    ]
    people = roster_from(places)
    assert people == {"ada_11": Person("ada_11", "11", lms="canvas")}
    with pytest.raises(ExportError, match="nothing that Moodle knows 'ada_11' by"):
        moodle([result("ada_11")], people)
    with pytest.raises(ExportError, match="Canvas does not know 'group_7': name a roster"):
        canvas([result("group_7")], people)


def test_missing_students_are_listed_and_what_to_do():
    many = [result(f"s{number}") for number in range(8)]
    with pytest.raises(ExportError) as error:
        canvas(many, {})
    assert "'s0', 's1', 's2', 's3', 's4' and 3 more: name a roster" in str(error.value)
    assert "--roster roster.csv" in str(error.value)


@pytest.mark.parametrize("key", ["id", "email", "login"])
def test_two_students_with_one_id_are_an_error(key):
    people = {name: Person(name, **{key: "7", "id": "7"}) for name in "ab"}
    with pytest.raises(ExportError, match="'a' and 'b' are both '7'"):
        moodle([result("a"), result("b")], people)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("student,id,name,email\nada,11,Ada Lovelace,ada@uni.edu\n\n", "utf-8"),
        ("student;id;name;email\r\nada;11;Ada Lovelace;ada@uni.edu\r\n", "utf-8-sig"),
        ('Student , ID,Name,other,Email\n ada ,11,"Ada Lovelace",x,ada@uni.edu', "utf-8"),
    ],
)
def test_rosters_as_spreadsheets_save_them(tmp_path, text, encoding):
    people = read_roster(roster_file(tmp_path, text, encoding))
    assert people == {"ada": Person("ada", "11", "Ada Lovelace", "ada@uni.edu")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs a column student"),
        ("name,id\nAda,1\n", "needs a column student"),
        ("student\nada\n", "one or more of id, name, email"),
        ("student,id\nada,1\nada,2\n", "has 'ada' again in row 3: keep one"),
        ('student,id\n"ada,1\n', "is no CSV file"),
    ],
)
def test_bad_rosters_say_what_to_do(tmp_path, text, said):
    with pytest.raises(ExportError, match=said):
        read_roster(roster_file(tmp_path, text))


def test_rosters_that_cannot_be_read(tmp_path):
    with pytest.raises(ExportError, match="No such file"):
        read_roster(tmp_path / "none.csv")
    with pytest.raises(ExportError, match="is not UTF-8"):
        read_roster(roster_file(tmp_path, "student,id\nZoë,1\n", "latin-1"))


# Spreadsheets


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\u200b=1", "|x"]
)
def test_no_text_is_a_formula(text):
    assert safe(text).startswith("'")
    people = {"x": Person("x", "1", text, text, text, text, text)}
    for export in (canvas([result("x")], people, text), moodle([result("x")], people)):
        for row in rows_of(export):
            for cell in row:
                assert cell == "-" or not cell.strip().startswith(("=", "+", "-", "@", "＝"))


@pytest.mark.parametrize("text", ["", "Ada", "Zoë O'Brien", "a=b", "语"])
def test_other_text_stays_as_it_is(text):
    assert safe(text) == text


def test_status_in_the_plain_csv_is_no_formula():
    refused = HandInResult("=cmd", "week1_small", (), "=1+1")
    text = to_csv({"week1_small": [refused]}, {})
    assert "'=cmd" in text and "'=1+1" in text

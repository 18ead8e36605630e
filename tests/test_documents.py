"""What the documents say is what the course does."""

import re
from pathlib import Path

import pytest

from autograder.cli import COMMANDS, main
from autograder.course import Course
from autograder.pictures import pictures
from autograder.syllabus import BEGIN, END, as_markdown, read_lessons, write_into

COURSE = Course(Path(__file__).resolve().parent.parent)
README = (COURSE.root / "README.md").read_text(encoding="utf-8")


def test_the_readmes_syllabus_is_that_of_the_course():
    table = README.split(BEGIN)[1].split(END)[0].strip()
    assert table == as_markdown(read_lessons(COURSE)), "run `make build`"


def test_the_pictures_are_those_of_the_solutions():
    for path, png in pictures(COURSE).items():
        assert path.read_bytes() == png, "run `make build`"


def test_every_link_in_the_readme_leads_somewhere():
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", README)
    assert len(links) > 10
    for link in links:
        if not link.startswith("https://"):
            assert (COURSE.root / link).exists(), link


def test_every_picture_in_the_readme_has_alt_text():
    found = re.findall(r"!\[([^\]]*)\]", README)
    assert len(found) >= 3
    assert all(len(alt) > 20 for alt in found)


def test_every_make_target_in_the_readme_is_there():
    makefile = (COURSE.root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:`|^)make ([a-z]+)(?:`|$)", README, re.MULTILINE))
    assert {"learn", "grade", "test", "build"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_autograder_command_in_the_readme_is_there():
    commands = set(re.findall(r"autograder ([a-z]+)", README))
    assert commands <= set(COMMANDS)
    assert {"grade", "check", "progress", "build"} <= commands


def test_a_page_without_the_marks_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("no marks")
    with pytest.raises(ValueError, match="needs the lines"):
        write_into(page, "table")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert "usage: autograder" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "week99"], "the weeks are: week1_convolutions"),
        (["check", "nothing.ipynb"], "no such file"),
        (["check", "README.md"], "is no notebook"),
        (["progress", "docs"], "holds no notebooks"),
        (["grade", "week99", "tests"], "week1_convolutions"),
    ],
)
def test_bad_input_gets_one_clear_line_and_status_2(arguments, words, capsys, monkeypatch):
    monkeypatch.chdir(COURSE.root)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert words in error
    assert len(error.strip().splitlines()) == 1


def test_a_week_is_listed_in_the_order_to_take_it_in():
    lessons = read_lessons(COURSE)
    names = [lesson.name for lesson in lessons if lesson.week == "week3_detection"]
    assert names == ["boxes", "sliding_windows", "car_detection", "segmentation"]
    assert [lesson.week for lesson in lessons] == sorted(lesson.week for lesson in lessons)

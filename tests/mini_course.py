"""A tiny course for the tests of grading, and hand-ins made from it."""

import json
import re
import shutil
from pathlib import Path

import nbformat

from autograder.coursework import strip_hidden
from autograder.source import read_source, to_notebook

FIXTURE = Path(__file__).parent / "fixtures" / "mini_course"
ROOT = Path(__file__).parent.parent
WEEK = "week1_small"
# Pictures and weights, which no lesson of the tiny course uses.
BULKY = shutil.ignore_patterns("__pycache__", "*.npz", "*.jpg")

_SOLUTION = re.compile(r"( *)### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)


def build_mini_course(root):
    """Build the fixture's notebooks without executing them, and their learners' versions."""
    for source in sorted(FIXTURE.glob("solutions/*/*.py")):
        notebook = to_notebook(read_source(source))
        save(notebook, root / "solutions" / source.parent.name / f"{source.stem}.ipynb")
        for cell in notebook.cells:
            cell.source = _SOLUTION.sub(stub_of(cell), strip_hidden(cell.source))
        shutil.copy(source, root / "solutions" / source.parent.name)
        save(notebook, root / "notebooks" / source.parent.name / f"{source.stem}.ipynb")
    shutil.copytree(ROOT / "utils", root / "utils", ignore=BULKY)
    (root / "nbgrader_config.py").touch()
    return root


def stub_of(cell):
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return rf'\1raise NotImplementedError("Exercise {grade_id} is still to be done.")'


def save(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


class Work:
    """A learner's copy of a notebook, to be filled in or spoiled."""

    def __init__(self, course, name="arrays", week=WEEK):
        self.name, self.week = name, week
        self.path = course / "notebooks" / week / f"{name}.ipynb"
        self.node = nbformat.read(self.path, as_version=4)
        solved = nbformat.read(course / "solutions" / week / f"{name}.ipynb", as_version=4)
        self.solutions = {id_of(c): c.source for c in solved.cells if id_of(c)}

    def cell(self, grade_id):
        return next(c for c in self.node.cells if id_of(c) == grade_id)

    def index(self, grade_id):
        return self.node.cells.index(self.cell(grade_id))

    def fill(self, **answers):
        """Put answers into cells; True stands for the reference."""
        for grade_id, text in answers.items():
            self.cell(grade_id).source = self.solutions[grade_id] if text is True else text
        return self

    def add(self, text, after, kind="code"):
        make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
        self.node.cells.insert(self.index(after) + 1, make[kind](text))
        return self

    def text(self):
        return json.dumps(self.node, indent=1)

    def hand_in(self, folder, name=None):
        path = folder / (name or f"{self.name}.ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text(), encoding="utf-8")
        return path


def id_of(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")

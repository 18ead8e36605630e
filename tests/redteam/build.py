"""Reads the red team's attacks and makes hand-ins of them, against a tiny course of their own.

An attack is a folder ``CLASS/NAME`` with ``attack.toml`` and the hand-in in the simplest form that
can express it:

``cells.py``       percent format. ``# %% exercise="double"`` replaces the text of that cell,
                   ``# %% check="double"`` of its check, ``# %% setup`` of the first setup cell;
                   ``# %%`` and ``# %% [markdown]`` add a cell at this place, and
                   ``# %% include="wire"`` adds the text of ``parts/wire.py``.
``make.py``        ``make(work, place)`` writes odd files; ``work`` is the notebook after cells.py.
``accomplice.py``  cells of a second hand-in, graded next, that tries to use what the first left.

Exercises that an attack does not name stay blank. Words like ``@HOME@`` in its text become paths
and ports of the machine that grades: the attacker is assumed to know all that can be known.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from mini_course import ROOT, Work, id_of, save, stub_of

from autograder.coursework import strip_hidden
from autograder.source import read_source, to_notebook

HERE = Path(__file__).parent
COURSE = HERE / "course"
WEEKS = {"arrays": "week1_red", "models": "week2_red"}
MUST_NOT = ("hidden text in feedback", "host touched", "others affected")

_SOLUTION = re.compile(r"( *)### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
_HEADER = re.compile(r"^# %%(.*)$", re.MULTILINE)
_PAIR = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Attack:
    """One hostile hand-in, or a control that only looks odd.

    Attributes:
        kind: Its class, the name of the folder above it.
        name: The name of its folder.
        folder: Where it lies.
        what: What it tries, in a sentence.
        notebook: The notebook it hands in, ``arrays`` or ``models``.
        deserves: Points of its honest parts, by exercise; all others must get 0.
        must_not: What must not happen, of :data:`MUST_NOT`.
    """

    kind: str
    name: str
    folder: Path
    what: str
    notebook: str
    deserves: Mapping[str, float]
    must_not: tuple[str, ...]

    @property
    def student(self) -> str:
        """The folder that it hands in under; sorted before its class's neighbour."""
        return f"{self.kind}-{self.name}"

    @property
    def week(self) -> str:
        """The week it belongs to."""
        return WEEKS[self.notebook]

    @property
    def is_control(self) -> bool:
        """Whether it is honest and must keep all it deserves."""
        return self.kind == "controls"


@dataclass
class Place:
    """Where a hand-in is written, and what its text may say about the machine.

    Attributes:
        submissions: The folder of all hand-ins.
        folder: This student's folder in it.
        course: The course that grades it.
        mark: A word that stands for this attack alone; what carries it was left by this attack.
        words: What ``@WORD@`` becomes, by word.
    """

    submissions: Path
    folder: Path
    course: Path
    mark: str
    words: dict[str, str] = field(default_factory=dict)

    def fill_in(self, text: str) -> str:
        """Put paths and ports into an attack's text."""
        return re.sub(r"@([A-Z]+)@", lambda m: self.words.get(m[1], m[0]), text)


def read_attacks() -> list[Attack]:
    """Return all attacks and controls, sorted by class and name.

    Raises:
        ValueError: If an attack.toml says something unknown, or a folder holds no hand-in.
    """
    return [_read(path.parent) for path in sorted(HERE.glob("*/*/attack.toml"))]


def _read(folder: Path) -> Attack:
    data = tomllib.loads((folder / "attack.toml").read_text(encoding="utf-8"))
    notebook = data.pop("notebook", "arrays")
    attack = Attack(
        kind=folder.parent.name,
        name=folder.name,
        folder=folder,
        what=data.pop("what"),
        notebook=notebook,
        deserves=data.pop("deserves", {}),
        must_not=tuple(data.pop("must_not")),
    )
    if data or set(attack.must_not) - set(MUST_NOT) or notebook not in WEEKS:
        raise ValueError(f"{folder}/attack.toml holds something unknown")
    if not any((folder / name).is_file() for name in ("cells.py", "make.py")):
        raise ValueError(f"{folder} holds no hand-in: write cells.py or make.py")
    return attack


def build_course(root: Path) -> Path:
    """Build the red team's course, without executing it; return its folder."""
    for source in sorted(COURSE.glob("solutions/*/*.py")):
        week = source.parent.name
        notebook = to_notebook(read_source(source))
        save(notebook, root / "solutions" / week / f"{source.stem}.ipynb")
        shutil.copy(source, root / "solutions" / week)
        for cell in notebook.cells:
            cell.source = _SOLUTION.sub(stub_of(cell), strip_hidden(cell.source))
        save(notebook, root / "notebooks" / week / f"{source.stem}.ipynb")
    shutil.copytree(ROOT / "utils", root / "utils", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "nbgrader_config.py").touch()
    return root


def write_hand_in(attack: Attack, place: Place) -> None:
    """Write an attack's hand-in into its student's folder."""
    work = Work(place.course, attack.notebook, attack.week)
    cells = attack.folder / "cells.py"
    if cells.is_file():
        apply_cells(work, place.fill_in(cells.read_text(encoding="utf-8")))
    maker = attack.folder / "make.py"
    if maker.is_file():
        _load(maker).make(work, place)
    else:
        work.hand_in(place.folder)


def write_accomplice(attack: Attack, place: Place) -> bool:
    """Write the hand-in that comes after the attack; False if there is none."""
    cells = attack.folder / "accomplice.py"
    if not cells.is_file():
        return False
    work = Work(place.course, attack.notebook, attack.week)
    apply_cells(work, place.fill_in(cells.read_text(encoding="utf-8")))
    work.hand_in(place.folder)
    return True


def write_honest(course: Path, notebook: str, folder: Path) -> None:
    """Write a hand-in that is right everywhere."""
    work = Work(course, notebook, WEEKS[notebook])
    work.fill(**{name: True for name in exercises(work)}).hand_in(folder)


def exercises(work: Work) -> list[str]:
    """Return the ids of a notebook's exercises."""
    return [id_of(c) for c in work.node.cells if c.metadata.get("nbgrader", {}).get("solution")]


def apply_cells(work: Work, text: str) -> None:
    """Change a learner's notebook as ``cells.py`` says.

    Raises:
        ValueError: If a header cannot be understood.
    """
    headers = list(_HEADER.finditer(text))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    setup = next(i for i, c in enumerate(work.node.cells) if "setup" in c.metadata.get("tags", []))
    place = setup + 1
    for header, end in zip(headers, ends, strict=True):
        body = text[header.end() : end].strip("\n")
        keys = dict(_PAIR.findall(header[1]))
        name = keys.get("exercise") or (f"check_{keys['check']}" if "check" in keys else "")
        if name:
            work.cell(name).source = body
            place = work.index(name) + 1
        elif header[1].strip() == "setup":
            work.node.cells[setup].source = body
        elif header[1].strip() in ("", "[markdown]") or "include" in keys:
            if "include" in keys:
                body = (HERE / "parts" / f"{keys['include']}.py").read_text(encoding="utf-8")
            code = not header[1].strip().startswith("[")
            make = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
            work.node.cells.insert(place, make(body))
            place += 1
        else:
            raise ValueError(f"a header that cannot be understood: {header[0]}")


def _load(path: Path):
    spec = importlib.util.spec_from_file_location(f"redteam_{path.parent.name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""Rebuilds the notebook that is graded from the course's cells and a hand-in's text.

Order, ids, types, points, setup and checks come from the course. The hand-in contributes the text
of the exercises' cells, and the learner's own cells: those run where they stood and are never
scored. Whatever had to be put right is recorded as a plain sentence.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.coursework import CellKind, CourseCell, CourseNotebook
from autograder.intake import MAX_CELL_CHARACTERS, HandInCell, defined_names

# The key of our notes in a cell's and a notebook's metadata.
NOTES = "course"


@dataclass(frozen=True)
class Rebuilt:
    """A notebook ready to be graded.

    Attributes:
        notebook: The course's notebook it was made from.
        node: The notebook itself. ``metadata.course.kind`` of a cell says what it is.
        repairs: What was put right, a sentence each.
    """

    notebook: CourseNotebook
    node: NotebookNode
    repairs: tuple[str, ...]


@dataclass
class _Match:
    """Which cells of a hand-in stand for which cells of the course, by position."""

    answers: dict[int, list[HandInCell]] = field(default_factory=lambda: defaultdict(list))
    own: dict[int, list[HandInCell]] = field(default_factory=lambda: defaultdict(list))
    order: list[int] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)


def rebuild(
    notebook: CourseNotebook, cells: Iterable[HandInCell], repairs: Iterable[str] = ()
) -> Rebuilt:
    """Rebuild a notebook from the course's cells and what was handed in.

    Args:
        notebook: The course's notebook.
        cells: The cells that were handed in.
        repairs: What intake put right before.

    Returns:
        The notebook to grade. Cells that are not executed carry the tag ``skip-execution``.
    """
    match = _match(notebook, tuple(cells))
    match.repairs[:0] = repairs
    nodes = [_own_cell(cell, match) for cell in match.own[-1]]
    for position, cell in enumerate(notebook.cells):
        nodes.append(_course_cell(cell, _settle(cell, position, match)))
        nodes += [_own_cell(own, match) for own in match.own[position]]
    _note_order(notebook, match)
    _note_changes(notebook, match)
    kept = [node for node in nodes if node is not None]
    _name_own_cells(kept)
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        NOTES: {
            "week": notebook.week,
            "notebook": notebook.name,
            "repairs": list(match.repairs),
        },
    }
    node = new_notebook(cells=kept, metadata=metadata)
    nbformat.validate(node)
    return Rebuilt(notebook, node, tuple(match.repairs))


# Which cell is which -----------------------------------------------------------------------------


def _match(notebook: CourseNotebook, cells: tuple[HandInCell, ...]) -> _Match:
    known = _identify(notebook, cells)
    match, anchor = _Match(), -1
    for cell, position in zip(cells, known, strict=True):
        if position is None:
            match.own[anchor].append(cell)
            continue
        match.order.append(position)
        if notebook.cells[position].kind is CellKind.EXERCISE and match.answers[position]:
            _add_copy(notebook.cells[position], cell, match, position, anchor)
            continue
        match.answers[position].append(cell)
        anchor = position
    _adopt_by_names(notebook, match)
    return match


def _add_copy(
    exercise: CourseCell, cell: HandInCell, match: _Match, position: int, anchor: int
) -> None:
    """Deal with another copy of an exercise's cell.

    In the learner's notebook every copy runs, in order; so it does here. The first filled one
    stands for the answer.
    """
    answers, stub = match.answers[position], _plain(exercise.text)
    if _plain(answers[0].text) == stub:
        answers.insert(0, cell)
        return
    if _plain(cell.text) not in (stub, _plain(answers[0].text)):
        match.own[anchor].append(cell)
    answers.append(cell)


def _identify(notebook: CourseNotebook, cells: tuple[HandInCell, ...]) -> list[int | None]:
    """Return for each cell handed in the position of the course's cell that it stands for."""
    by_grade_id = {c.grade_id: i for i, c in enumerate(notebook.cells) if c.grade_id}
    by_cell_id = {c.cell_id: i for i, c in enumerate(notebook.cells) if c.cell_id}
    by_text = {
        _plain(c.learner_text): i
        for i, c in enumerate(notebook.cells)
        if c.learner_text.strip() and c.kind is not CellKind.EXERCISE
    }
    known: list[int | None] = []
    for cell in cells:
        position = by_grade_id.get(cell.grade_id)
        if position is None and cell.cell_id:
            position = by_cell_id.get(cell.cell_id)
        if position is None:
            position = by_text.get(_plain(cell.text))
        known.append(position)
    return known


def _adopt_by_names(notebook: CourseNotebook, match: _Match) -> None:
    """Find the answers whose cells lost their marks by the functions that they define."""
    for position, cell in enumerate(notebook.cells):
        names = defined_names(cell.text)
        if cell.kind is not CellKind.EXERCISE or match.answers.get(position) or not names:
            continue
        for own in match.own.values():
            answer = next(
                (c for c in own if c.cell_type == "code" and names <= defined_names(c.text)), None
            )
            if answer is not None:
                own.remove(answer)
                match.answers[position].append(answer)
                break


def _settle(cell: CourseCell, position: int, match: _Match) -> str:
    """Return the text that a cell of the course gets, and record what was put right."""
    if cell.kind is not CellKind.EXERCISE:
        return cell.text
    label = f"Exercise {cell.exercise}"
    answers = match.answers.get(position, [])
    if not answers:
        match.repairs.append(f"{label}: its cell was missing and was put back blank.")
        return cell.text
    chosen = answers[0]
    if len(answers) > 1:
        match.repairs.append(
            f"{label}: its cell was there {len(answers)} times; the first filled one is the "
            "answer, filled copies run where they stood."
        )
    if chosen.grade_id != cell.grade_id:
        match.repairs.append(f"{label}: its cell had lost its mark and was found again.")
    if chosen.cell_type != "code":
        match.repairs.append(f"{label}: its cell was of type {chosen.cell_type}, now code again.")
    if len(chosen.text) > MAX_CELL_CHARACTERS:
        match.repairs.append(f"{label}: its text is too long to be code and was left out.")
        return cell.text
    return chosen.text


def _note_order(notebook: CourseNotebook, match: _Match) -> None:
    first_seen = list(dict.fromkeys(match.order))
    marked = [p for p in first_seen if notebook.cells[p].kind is not CellKind.PLAIN]
    if marked != sorted(marked):
        match.repairs.append("The cells were in another order; the course's order is used.")


def _note_changes(notebook: CourseNotebook, match: _Match) -> None:
    plain = 0
    for position, cell in enumerate(notebook.cells):
        if cell.kind is CellKind.EXERCISE or cell.cell_type != "code":
            continue
        answers = match.answers.get(position, [])
        same = any(
            a.cell_type == cell.cell_type
            and _plain(a.text) in (_plain(cell.learner_text), _plain(cell.text))
            for a in answers
        )
        if cell.kind is CellKind.PLAIN:
            plain += bool(answers) and not same
        elif not same:
            what = "check" if cell.kind is CellKind.CHECK else "setup cell"
            how = "changed" if answers else "missing"
            name = f" of {cell.exercise}" if cell.kind is CellKind.CHECK else ""
            match.repairs.append(f"The {what}{name} was {how}; the course's is used.")
    if plain:
        match.repairs.append(
            f"{plain} of the course's own cells {'was' if plain == 1 else 'were'} changed; grading "
            "does not run those, so code that an exercise needs belongs into its cell."
        )


def _plain(text: str) -> str:
    """Return a text without what editors change on their own: line ends, trailing blanks."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


# Making the cells --------------------------------------------------------------------------------


def _course_cell(cell: CourseCell, text: str) -> NotebookNode:
    metadata: dict[str, object] = {NOTES: {"kind": str(cell.kind)}}
    if cell.nbgrader:
        metadata["nbgrader"] = copy.deepcopy(cell.nbgrader)
    if cell.kind is CellKind.PLAIN and cell.cell_type == "code":
        metadata["tags"] = ["skip-execution"]
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    node = make[cell.cell_type](text, metadata=metadata)
    if cell.cell_id:
        node["id"] = cell.cell_id
    return node


def _own_cell(cell: HandInCell, match: _Match) -> NotebookNode | None:
    if cell.cell_type == "raw" or not cell.text.strip():
        return None
    if len(cell.text) > MAX_CELL_CHARACTERS:
        match.repairs.append("A cell of your own is too long to be code or text and was left out.")
        return None
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return make(cell.text, metadata={NOTES: {"kind": str(CellKind.OWN)}})


def _name_own_cells(nodes: list[NotebookNode]) -> None:
    """Give the learner's cells ids of ours: the same hand-in always gives the same notebook."""
    taken = {n["id"] for n in nodes if n.metadata[NOTES]["kind"] != CellKind.OWN}
    number = 0
    for node in nodes:
        if node.metadata[NOTES]["kind"] == CellKind.OWN:
            number += 1
            while f"own-{number}" in taken:
                number += 1
            node["id"] = f"own-{number}"

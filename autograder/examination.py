"""Grades one rebuilt notebook: the learner's cells in one process, the checks in another.

First all cells run in the learner's process, in the notebook's order; where a check stands, the
process marks the names as they are then. After that the examiner runs the check cells and asks the
learner's process through this module, which passes bytes on and looks at none of them. It runs them
twice: the visible checks of all exercises, whose messages are shown, and then all of them with the
hidden ones, whose messages are not. So nothing that a hidden check sends in can turn up in anything
that a learner gets to read, neither in an output nor in the message of a later check.

Points are worked out here, from the checks that the course's source names. A check that did not
report has not passed, whatever the reason.
"""

from __future__ import annotations

import ast
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.coursework import CellKind, strip_hidden
from autograder.examiner_process import Examiner, ExaminerError, ExaminerLost, bound_names
from autograder.results import CheckResult, ExerciseResult, Outcome
from autograder.student_process import CellRun, Lost, StudentProcess
from utils.checks import Report

MAX_STUDENTS = 40
MAX_TRIES = 4  # to get through the cells, each without those that ended the process before
MAX_LOSSES = 2  # of the process, in one run of one exercise's checks; then the rest of them fail
MAX_EXAMINERS = 4


@dataclass(frozen=True)
class Step:
    """A cell of a rebuilt notebook, as grading goes through it.

    Attributes:
        kind: What it is to the grader; plain cells are not given here.
        cell_id: Its id.
        text: What runs: the course's text, or the learner's for exercises and her own cells.
        exercise: The exercise's id, for an exercise and its check; else empty.
        points: What a check is worth; else 0.
    """

    kind: CellKind
    cell_id: str
    text: str
    exercise: str = ""
    points: float = 0.0


@dataclass(frozen=True)
class CellEnd:
    """How a learner's cell ended.

    Attributes:
        run: What it wrote and raised; None if it was never reached.
        outcome: ``passed`` when it ran, whether or not it raised; else why the process was lost.
        sentence: Why, for the learner.
    """

    run: CellRun | None
    outcome: Outcome = Outcome.PASSED
    sentence: str = ""


@dataclass(frozen=True)
class Examined:
    """What grading a notebook found.

    Attributes:
        exercises: A result for each check cell, in order.
        cells: How each cell that is not a check ended, by id.
        outcome: ``passed`` when everything ran; else why a process was lost.
        problems: What the grader's log should say: faults of the course or the machine.
    """

    exercises: tuple[ExerciseResult, ...]
    cells: dict[str, CellEnd]
    outcome: Outcome
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedCheck:
    """A check that the course's source names.

    Attributes:
        name: The property.
        hint: Where to look.
        weight: Its share of the points.
        hidden: Whether its message is kept from the learner.
    """

    name: str
    hint: str
    weight: float
    hidden: bool


def planned_checks(source: str) -> tuple[PlannedCheck, ...]:
    """List the checks that a check cell names, in order.

    Args:
        source: The cell's text with its hidden checks. The builder has made sure that names are
            plain strings.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.With):
            continue
        for item in node.items:
            call = item.context_expr
            target = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
            if target in ("checks", "checks.hidden") and isinstance(call, ast.Call):
                options = {word.arg: word.value for word in call.keywords}
                planned = PlannedCheck(
                    name=str(_constant(call.args[0], "")),
                    hint=str(_constant(options.get("hint"), "")),
                    weight=float(_constant(options.get("weight"), 1.0)),
                    hidden=target == "checks.hidden",
                )
                found.append((node.lineno, planned))
    return tuple(planned for _, planned in sorted(found, key=lambda pair: pair[0]))


def forbidden_packages(checks: Iterable[str]) -> frozenset[str]:
    """Return the packages that a notebook's checks forbid with ``forbid_imports``.

    In grading they are not there to import, for the whole notebook.

    Args:
        checks: The texts of the notebook's check cells.
    """
    packages: set[str] = set()
    for source in checks:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "forbid_imports":
                packages |= {str(_constant(word, "")) for word in node.args[1:]}
    return frozenset(name for name in packages if name.isidentifier())


@dataclass(frozen=True)
class Found:
    """What one run of a check cell gave.

    Attributes:
        report: What the examiner found; None when there was none.
        outcome: How a check counts that did not report.
        sentence: Why it did not, for the learner.
    """

    report: Report | None
    outcome: Outcome = Outcome.ERROR
    sentence: str = "The checks stopped before this one."

    def check(self, planned: PlannedCheck) -> tuple[Outcome, str] | None:
        """Return a check's outcome and message, if it reported."""
        for check in self.report.checks if self.report else ():
            if (check.name, check.hidden) == (planned.name, planned.hidden):
                return Outcome(check.outcome), check.message
        return None


def settle(step: Step, visible: Found, hidden: Found) -> ExerciseResult:
    """Work out an exercise's points from what its checks reported.

    Args:
        step: The check cell.
        visible: What the run of the visible checks gave.
        hidden: What the run of all checks gave; only hidden ones are taken from it.
    """
    checks, unreported = [], ""
    for planned in planned_checks(step.text):
        found = hidden if planned.hidden else visible
        told = found.check(planned)
        if told is None:
            unreported = unreported or found.sentence
        outcome, message = told or (found.outcome, found.sentence)
        checks.append(
            CheckResult(
                name=planned.name,
                outcome=outcome,
                message="" if planned.hidden else message,
                hint=planned.hint,
                weight=planned.weight,
                hidden=planned.hidden,
            )
        )
    passed = [check.outcome is Outcome.PASSED for check in checks]
    if checks and all(passed):
        return ExerciseResult(
            step.exercise, step.points, step.points, Outcome.PASSED, "", tuple(checks)
        )
    total = math.fsum(check.weight for check in checks)
    share = math.fsum(c.weight for c, good in zip(checks, passed, strict=True) if good)
    earned = round(step.points * share / total, 2) if total else 0.0
    return ExerciseResult(
        step.exercise, step.points, earned, _overall(checks), unreported, tuple(checks)
    )


def _overall(checks: Sequence[CheckResult]) -> Outcome:
    outcomes = {check.outcome for check in checks}
    for outcome in (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.KILLED):
        if outcome in outcomes:
            return outcome
    return outcomes.pop() if len(outcomes) == 1 else Outcome.FAILED


def _constant(node: ast.expr | None, otherwise: object) -> object:
    return node.value if isinstance(node, ast.Constant) else otherwise


class Examination:
    """Grades one notebook.

    Args:
        steps: Its cells but the plain ones, in order.
        reference: The texts of the reference's exercise cells; they tell which names the learner
            has to define.
        new_student: Makes a learner's process that is not started yet.
        new_examiner: Makes an examiner.
        seed: Becomes ``COURSE_CHECKS_SEED``.
        seconds: Wall time for all of it.
        own_seconds: Wall time for all cells that the learner added.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        reference: Sequence[str],
        new_student: Callable[[], StudentProcess],
        new_examiner: Callable[[], Examiner],
        *,
        seed: str,
        seconds: float = 600,
        own_seconds: float = 60,
    ) -> None:
        self._steps, self._reference = tuple(steps), tuple(reference)
        self._new_student, self._new_examiner = new_student, new_examiner
        self._seed = seed
        self._deadline = time.monotonic() + seconds
        self._own_left = own_seconds
        self._student: StudentProcess | None = None
        self._students = 0
        self._examiner: Examiner | None = None
        self._examiners = 0
        self._last_loss: Lost | None = None
        self._guilty: set[str] = set()
        self._cells: dict[str, CellEnd] = {}
        self._problems: list[str] = []
        self._asked = False
        self._losses = 0

    def run(self) -> Examined:
        """Run the cells, then the checks; end both processes whatever happens.

        Raises:
            ExaminerError: If the examiner cannot work on this machine.
        """
        try:
            self._restart()
            checks = [step for step in self._steps if step.kind is CellKind.CHECK]
            visible = [self._check(step, strip_hidden(step.text)) for step in checks]
            hidden = [self._check(step, step.text) for step in checks]
            settled = map(settle, checks, visible, hidden)
            exercises = tuple(self._explain_missing(result) for result in settled)
        finally:
            self._end_student()
            self._end_examiner()
        lost = [end.outcome for end in self._cells.values() if end.outcome is not Outcome.PASSED]
        lost += [e.outcome for e in exercises if e.outcome in _LOSSES]
        return Examined(
            exercises, self._cells, (lost or [Outcome.PASSED])[0], tuple(self._problems)
        )

    # The learner's process ------------------------------------------------------------------------

    def _restart(self) -> None:
        """Bring a learner's process to the end of the cells, without those that ended one before.

        Outputs are kept of the first run alone: in a later one the learner's code may have seen
        what hidden checks send in.
        """
        for _ in range(MAX_TRIES):
            if self._students >= MAX_STUDENTS or not self._time_left():
                return
            self._students += 1
            first = self._students == 1 or not self._asked
            student = self._new_student()
            try:
                student.start()
                self._run_cells(student, keep=first)
                self._student = student
                return
            except Lost as lost:
                self._last_loss = lost
                student.close()

    def _run_cells(self, student: StudentProcess, keep: bool) -> None:
        own_left = self._own_left
        for step in self._steps:
            if step.kind is CellKind.CHECK:
                student.mark(step.exercise)
                continue
            if step.cell_id in self._guilty:
                continue
            if step.kind is CellKind.OWN and own_left <= 0:
                sentence = "Your own cells took too long together; this one was not run."
                self._cells.setdefault(step.cell_id, CellEnd(None, Outcome.TIMEOUT, sentence))
                continue
            begin = time.monotonic()
            try:
                run = student.run(step.cell_id, step.text)
            except Lost as lost:
                self._guilty.add(step.cell_id)
                output = lost.output if keep else ""
                self._cells[step.cell_id] = CellEnd(
                    CellRun(None, output), lost.outcome, lost.sentence
                )
                raise
            if step.kind is CellKind.OWN:
                own_left -= time.monotonic() - begin
            if keep:
                self._cells[step.cell_id] = CellEnd(run)

    def _ask(self, question: bytes) -> bytes:
        self._asked = True
        if self._losses >= MAX_LOSSES and self._last_loss is not None:
            raise Lost(self._last_loss.outcome, self._last_loss.sentence)
        if self._student is None:
            self._restart()
        if self._student is None:
            raise self._no_student()
        try:
            return self._student.ask(question)
        except Lost as lost:
            self._last_loss = lost
            self._losses += 1
            self._end_student()
            raise

    def _no_student(self) -> Lost:
        if not self._time_left():
            return Lost(Outcome.TIMEOUT, "The time for the whole notebook was used up before this.")
        if self._last_loss is not None:
            sentence = f"{self._last_loss.sentence} It had happened too often to try again."
            return Lost(self._last_loss.outcome, sentence)
        return Lost(Outcome.KILLED, "The process that runs your code had ended.")

    def _end_student(self) -> None:
        if self._student is not None:
            self._student.close()
            self._student = None

    # The examiner ---------------------------------------------------------------------------------

    def _check(self, step: Step, source: str) -> Found:
        self._losses = 0
        if not self._time_left():
            lost = self._no_student()
            return Found(None, lost.outcome, lost.sentence)
        if self._examiners >= MAX_EXAMINERS and self._examiner is None:
            sentence = "The checks did not run: your answers had ended the examiner too often."
            return Found(None, Outcome.KILLED, sentence)
        try:
            examiner = self._ready_examiner()
            return Found(examiner.check(step.exercise, step.points, source, self._ask))
        except ExaminerLost as lost:
            self._end_examiner()
            return Found(None, lost.outcome, lost.sentence)
        except ExaminerError as error:
            self._problems.append(str(error))
            self._end_examiner()
            sentence = "The check could not run; this is the course's fault, and your grader knows."
            return Found(None, Outcome.ERROR, sentence)

    def _explain_missing(self, result: ExerciseResult) -> ExerciseResult:
        """Say why an exercise's names are missing, where its cell ended the process."""
        cells = [s for s in self._steps if s.kind is CellKind.EXERCISE]
        ends = [self._cells.get(s.cell_id) for s in cells if s.exercise == result.exercise]
        lost = next((end for end in ends if end and end.outcome is not Outcome.PASSED), None)
        if lost is None or result.outcome is not Outcome.MISSING:
            return result
        checks = tuple(
            replace(check, outcome=lost.outcome, message="" if check.hidden else lost.sentence)
            for check in result.checks
        )
        return replace(result, outcome=lost.outcome, message=lost.sentence, checks=checks)

    def _ready_examiner(self) -> Examiner:
        if self._examiner is None:
            self._examiners += 1
            self._examiner = self._new_examiner()
            self._examiner.begin(self._seed, bound_names(self._reference), {"COURSE_QUICK": "1"})
            for step in self._steps:
                if step.kind is CellKind.SETUP:
                    self._examiner.setup(step.text)
        return self._examiner

    def _end_examiner(self) -> None:
        if self._examiner is not None:
            self._problems += self._examiner.problems
            self._examiner.close()
            self._examiner = None

    def _time_left(self) -> bool:
        return time.monotonic() < self._deadline


_LOSSES = (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.KILLED)

"""Our own steps in nbgrader's chain: execute within limits, score from the table of checks.

nbgrader runs a list of preprocessors over a notebook. Stock ``Execute`` keeps all output, ends a
batch with its kernel and knows no limit for a whole notebook; stock scoring takes silence for
success and any text on stderr for failure. :class:`CourseExecute` and :class:`ScoreChecks` stand in
front of nbgrader's ``SaveAutoGrades`` and leave exactly one number in every check cell.

The hand-in runs in a kernel, in a sandbox where the machine has one, and its checks run in the same
process: the score of a learner who means to cheat proves nothing.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbclient.exceptions import DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Bool, Float, Integer, List, Unicode

from autograder.coursework import CellKind
from autograder.rebuild import NOTES
from autograder.results import CheckResult, ExerciseResult, NotebookResult, Outcome
from autograder.sandbox import find_sandbox
from autograder.source import CHECK_PREFIX
from utils.checks import MIME

# The key under which a notebook's result travels out of nbgrader's chain.
RESULT = "course_result"

_MAX_REPORT_CHARACTERS = 2**18
_MAX_OUTPUTS = 2000
_SKIP = "skip-execution"

# Runs first in every kernel. It spares us most of a runaway output before it is sent, and lets the
# machine, when its memory is full, end this process and no other. Both work for code that means no
# harm; what arrives is limited again on our side.
_KERNEL_SETUP = """
def _prepare(limit):
    import sys
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass
    left = {}
    def guard(stream):
        write = stream.write
        def limited(text, *rest):
            if not isinstance(text, str):
                return write(text, *rest)
            if left["characters"] > 0:
                piece = text[:left["characters"]]
                left["characters"] -= len(piece)
                write(piece, *rest)
            return len(text)
        limited.course = True
        stream.write = limited
    def begin_cell(*_):
        # IPython puts a writer of its own in place for each cell, and the old one back after it.
        left["characters"] = limit
        for stream in (sys.stdout, sys.stderr):
            if not hasattr(stream.write, "course"):
                guard(stream)
    get_ipython().events.register("pre_run_cell", begin_cell)
_prepare(%d)
del _prepare
"""


class _ThisPython(KernelSpecManager):
    """Knows one kernel: the Python that runs the grader. Kernels a user registered are not used."""

    prefix = List(Unicode(), help="The command that starts the kernel inside a sandbox.")

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        # A signal would reach the sandbox's own process, and end it.
        mode = "message" if self.prefix else "signal"
        return KernelSpec(
            argv=[*self.prefix, *argv],
            display_name="Python 3",
            language="python",
            interrupt_mode=mode,
        )


class _BoundedManager(AsyncKernelManager):
    """A kernel manager whose clients use its own zmq context, and with it the limits set there."""

    def client(self, **kwargs: Any) -> AsyncKernelClient:
        return super().client(**{"context": self.context, **kwargs})


class CourseExecute(Execute):
    """Executes a rebuilt notebook within limits of time and output.

    A cell that reaches its time limit is interrupted and the next one runs. When the process ends,
    or does not react to the interrupt, a new one is started, the exercises so far run again in it
    (not the cell that ended it), and grading goes on behind that cell.
    """

    cell_seconds = Integer(60, help="Limit for one cell of the course.").tag(config=True)
    own_seconds = Integer(60, help="Limit for all cells that the learner added.").tag(config=True)
    notebook_seconds = Integer(600, help="Limit for the whole notebook.").tag(config=True)
    output_characters = Integer(1_000_000, help="Text kept of a cell.").tag(config=True)
    picture_characters = Integer(8_000_000, help="Pictures kept of a cell.").tag(config=True)
    message_bytes = Integer(32 * 2**20, help="Longest message taken from a kernel.").tag(
        config=True
    )
    restarts = Integer(3, help="New processes for one notebook.").tag(config=True)
    quick = Bool(True, help="Sets COURSE_QUICK=1.").tag(config=True)
    seed = Unicode("0", help="Becomes COURSE_CHECKS_SEED.").tag(config=True)
    course = Unicode("", help="The course's folder, put on the kernel's path.").tag(config=True)
    sandboxed = Bool(False, help="Run the kernel in bubblewrap.").tag(config=True)
    grace_seconds = Float(4.0, help="Wait for a process that was interrupted.").tag(config=True)

    raise_on_iopub_timeout = False
    shutdown_kernel = "immediate"
    coalesce_streams = False
    allow_errors = True

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: KernelManager | None = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Execute the notebook in place. How a cell ended stands in its metadata."""
        self.nb, self.km, self.kc = nb, None, None
        self.iopub_timeout = math.ceil(self.grace_seconds)
        self.reset_execution_trackers()
        self._check_assign_resources(resources)
        self._deadline = monotonic() + self.notebook_seconds
        self._own_left = float(self.own_seconds)
        with tempfile.TemporaryDirectory(prefix="hand-in-") as folder:
            self._folder = folder
            try:
                self._run(nb)
            finally:
                self._stop()
        return nb, resources

    # The order of things -------------------------------------------------------------------------

    def _run(self, nb: NotebookNode) -> None:
        self._start()
        restarts, ended = 0, ""
        for index, cell in enumerate(nb.cells):
            if not self._runs(cell):
                continue
            if not ended and monotonic() > self._deadline:
                ended = "time"
            if ended or (self._kind(cell) is CellKind.OWN and self._own_left <= 0):
                _note(cell, "not run", ended or "own")
                continue
            if self._execute(cell, index):
                continue
            restarts += 1
            if restarts > self.restarts or not self._start_again(nb, index):
                ended = "process"

    def _execute(self, cell: NotebookNode, index: int) -> bool:
        """Execute one cell. Returns False when the process did not survive it."""
        begin = monotonic()
        self._timed_out = self._idle = False
        self._left = {"text": self.output_characters, "pictures": self.picture_characters}
        self._cut = False
        self._limit = self._limit_of(cell)
        alive = True
        try:
            # What stands in the history, the next cell can print.
            history = self._kind(cell) is not CellKind.CHECK
            self.execute_cell(cell, index, store_history=history)
        except DeadKernelError:
            alive = False
        except Exception:  # a kernel can send anything, also what breaks its reader
            self.log.exception("A message of the kernel could not be read")
            alive = False
        if self._kind(cell) is CellKind.OWN:
            self._own_left -= monotonic() - begin
        if self._timed_out:
            _note(cell, "timeout", f"{self._limit:.0f}")
            alive = alive and self._idle
        elif not alive:
            _note(cell, "killed")
        elif not self._idle:  # a message was too long: zmq has given the connection up
            self._cut = True
            alive = self._connect_again()
        if self._cut:
            limit = f"{self.output_characters:,} characters"
            text = f"\n[Output cut: this cell wrote more than {limit}.]\n"
            cell.outputs.append(new_output("stream", name="stdout", text=text))
        return alive

    def _start_again(self, nb: NotebookNode, index: int) -> bool:
        """Start a new process and bring it to where the last one ended, behind cell ``index``."""
        self._stop()
        self._start()
        for earlier in nb.cells[:index]:
            kind = self._kind(earlier)
            fine = "ended" not in earlier.metadata[NOTES]
            if not self._runs(earlier) or kind is CellKind.CHECK or not fine:
                continue
            if monotonic() > self._deadline:
                return False
            outputs, count = earlier.outputs, earlier.execution_count
            if not self._execute(earlier, nb.cells.index(earlier)):
                return False
            earlier.outputs, earlier.execution_count = outputs, count
        return True

    def _runs(self, cell: NotebookNode) -> bool:
        code = cell.cell_type == "code" and bool(cell.source.strip())
        return code and _SKIP not in cell.metadata.get("tags", [])

    def _kind(self, cell: NotebookNode) -> CellKind:
        return CellKind(cell.metadata.get(NOTES, {}).get("kind", CellKind.PLAIN))

    def _limit_of(self, cell: NotebookNode) -> float:
        limit = self._own_left if self._kind(cell) is CellKind.OWN else self.cell_seconds
        return max(1.0, min(limit, self._deadline - monotonic()))

    # The kernel ----------------------------------------------------------------------------------

    def _start(self) -> None:
        private = Path(tempfile.mkdtemp(dir=self._folder))
        environment, specs = self._environment(), _ThisPython()
        sandbox = find_sandbox() if self.sandboxed else None
        if self.sandboxed:
            if sandbox is None:
                raise RuntimeError("bubblewrap does not work on this machine any more")
            specs.prefix = sandbox.command([], private, Path(self.course))
            environment = sandbox.environment(environment, private)
        self.km = _BoundedManager(kernel_spec_manager=specs)
        self._connect_by_file(self.km, private)
        self.owns_km = True
        # A longer message ends the connection before memory is taken for it; zmq connects again.
        self._context = zmq.asyncio.Context()
        self._context.setsockopt(zmq.MAXMSGSIZE, self.message_bytes)
        self.km.context = self._context
        self.start_new_kernel(
            env=environment,
            cwd=tempfile.mkdtemp(dir=private),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.start_new_kernel_client()
        self.wait_for_reply(self.kc.kernel_info())
        code = _KERNEL_SETUP % (self.output_characters + 1)
        self.wait_for_reply(self.kc.execute(code, silent=True))

    def _connect_by_file(self, manager: KernelManager, private: Path) -> None:
        """Talk to the kernel over sockets in a private folder, where the system can."""
        manager.connection_file = str(private / "kernel.json")
        # A socket's path may have some 100 characters.
        if sys.platform.startswith("linux") and len(str(private)) < 80:
            manager.transport, manager.ip = "ipc", str(private / "socket")

    def _connect_again(self) -> bool:
        """Give a living kernel a new connection. Returns False when it does not answer."""
        run_sync(self._stop_channels)()
        try:
            self.start_new_kernel_client()
        except RuntimeError:
            return False
        return True

    async def _stop_channels(self) -> None:
        await ensure_async(self.kc.stop_channels())
        self.kc = None

    def _stop(self) -> None:
        if self.km is not None:
            self._cleanup_kernel()
            self._context.destroy(linger=0)
        self.km = self.kc = None

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ)
        environment["COURSE_CHECKS_SEED"] = self.seed
        environment["NBGRADER_EXECUTION"] = "autograde"
        environment["TF_CPP_MIN_LOG_LEVEL"] = "2"
        environment.pop("NBGRADER_VALIDATING", None)
        environment.pop("COURSE_QUICK", None)
        if self.quick:
            environment["COURSE_QUICK"] = "1"
        path = [self.course, environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
        return environment

    # What nbclient calls -------------------------------------------------------------------------

    def _get_timeout(self, cell: NotebookNode | None) -> float | None:
        return self._limit if cell is not None else float(self.startup_timeout)

    async def _async_handle_timeout(
        self, timeout: float, cell: NotebookNode | None = None
    ) -> dict[str, Any] | None:
        self._timed_out = True
        return await super()._async_handle_timeout(timeout, cell)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take note of the end of a cell, then do what nbclient does."""
        if msg["msg_type"] == "status" and msg["content"].get("execution_state") == "idle":
            self._idle = True
        return super().process_message(msg, cell, cell_index)

    def handle_comm_msg(self, outs: Any, msg: dict[str, Any], cell_index: int) -> None:
        """Widgets have no place in grading; their messages could redirect a cell's output."""

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        """An output that was received stays as it is."""

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int
    ) -> NotebookNode | None:
        """Keep an output as far as the cell's limits allow."""
        content = self._fitting(msg["msg_type"], msg["content"], len(outs))
        if content is None:
            self._cut = True
            return None
        last = outs[-1] if outs else None
        if msg["msg_type"] == "stream" and last and last.get("name") == content["name"]:
            last["text"] += content["text"]
            return None
        return super().output(outs, {**msg, "content": content}, None, cell_index)

    def _fitting(self, kind: str, content: dict[str, Any], outputs: int) -> dict[str, Any] | None:
        """Return a message's content, cut down to what is left of the limits, or None."""
        if kind == "stream":
            if self._left["text"] <= 0:
                return None
            text = str(content["text"])
            self._cut |= len(text) > self._left["text"]
            text = text[: self._left["text"]]
            # A floor on what a message costs bounds how many there can be.
            self._left["text"] -= max(len(text), 100)
            return {"name": "stderr" if content["name"] == "stderr" else "stdout", "text": text}
        data = content.get("data") or {}
        if MIME in data and len(json.dumps(data)) <= _MAX_REPORT_CHARACTERS:
            return content
        size = len(json.dumps(content.get("traceback") or data))
        which = "pictures" if any(key.startswith("image/") for key in data) else "text"
        if size > self._left[which] or outputs >= _MAX_OUTPUTS:
            return None
        self._left[which] -= size
        return content


def _note(cell: NotebookNode, ended: str, detail: str = "") -> None:
    cell.metadata[NOTES]["ended"] = ended
    cell.metadata[NOTES]["detail"] = detail


class ScoreChecks(NbGraderPreprocessor):
    """Turns what check cells displayed into results, and leaves one number for nbgrader.

    The number comes from the table of :class:`utils.checks.Checks` alone. No table, two numbers
    that disagree, or a number outside 0 and the points: 0 points and a message that says so. Text
    on stderr is kept, as plain output, and never scored.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Score every check cell; the notebook's result goes into ``resources``."""
        exercises = []
        for cell in nb.cells:
            if cell.metadata.get(NOTES, {}).get("kind") == CellKind.CHECK:
                result = score(cell)
                cell.outputs = _outputs(cell, result)
                cell.metadata[NOTES]["result"] = asdict(result)
                exercises.append(result)
        resources[RESULT] = _summary(nb, tuple(exercises))
        return nb, resources


def score(cell: NotebookNode) -> ExerciseResult:
    """Work out what an executed check cell gave.

    Args:
        cell: The check cell with its outputs. ``metadata.course.ended`` says if it was cut short.
    """
    exercise = cell.metadata.nbgrader["grade_id"].removeprefix(CHECK_PREFIX)
    points = float(cell.metadata.nbgrader["points"])
    outcome, message = _how_it_ended(cell)
    if outcome is None:
        try:
            return _from_report(_report(cell), exercise, points)
        except ValueError as error:
            outcome, message = Outcome.ERROR, str(error)
    return ExerciseResult(exercise, points, 0.0, outcome, message)


def _how_it_ended(cell: NotebookNode) -> tuple[Outcome | None, str]:
    ended = cell.metadata[NOTES].get("ended")
    detail = cell.metadata[NOTES].get("detail", "")
    if ended == "timeout":
        return Outcome.TIMEOUT, f"The check did not finish within {detail} seconds."
    if ended == "killed":
        return Outcome.KILLED, "The process ended here, while the check ran your code."
    if ended == "not run" and detail == "time":
        return Outcome.TIMEOUT, "The check did not run: the notebook's time was used up before it."
    if ended == "not run":
        return Outcome.KILLED, "The check did not run: the process had ended too often before it."
    return None, ""


def _report(cell: NotebookNode) -> dict[str, Any]:
    """Return the table that the cell displayed last.

    Raises:
        ValueError: If there is none, or the cell's result does not agree with it.
    """
    reports = [o.data[MIME] for o in cell.outputs if MIME in o.get("data", {})]
    errors = [o for o in cell.outputs if o.output_type == "error"]
    if errors:
        first = (str(errors[-1].evalue).strip().splitlines() or [""])[0][:300]
        raise ValueError(f"The check stopped with {errors[-1].ename}: {first}")
    if not reports or not isinstance(reports[-1], dict):
        raise ValueError("The check gave no score, so it gives no points.")
    shown = [o.data.get("text/plain") for o in cell.outputs if o.output_type == "execute_result"]
    try:
        agrees = math.isclose(float(shown[-1]), float(reports[-1]["earned"]), rel_tol=1e-5)
    except (IndexError, KeyError, TypeError, ValueError):
        agrees = False
    if not agrees:
        raise ValueError("The check's score and its table do not agree, so it gives no points.")
    return reports[-1]


def _from_report(report: dict[str, Any], exercise: str, points: float) -> ExerciseResult:
    try:
        earned = float(report["earned"])
        same = report["exercise"] == exercise and float(report["points"]) == points
        checks = tuple(_check(check) for check in report["checks"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("The check's table cannot be read, so it gives no points.") from error
    if not same:
        raise ValueError("The check's table belongs to another exercise, so it gives no points.")
    if not 0 <= earned <= points:
        raise ValueError(f"The check's score is not between 0 and {points:g}, so it gives none.")
    return ExerciseResult(exercise, points, earned, _overall(earned, points, checks), "", checks)


def _check(data: dict[str, Any]) -> CheckResult:
    return CheckResult(
        name=str(data["name"]),
        outcome=Outcome(data["outcome"]),
        message=str(data["message"]),
        hint=str(data["hint"]),
        weight=float(data["weight"]),
        hidden=bool(data["hidden"]),
    )


def _overall(earned: float, points: float, checks: tuple[CheckResult, ...]) -> Outcome:
    if earned == points:
        return Outcome.PASSED
    if checks and all(check.outcome is Outcome.MISSING for check in checks):
        return Outcome.MISSING
    return Outcome.FAILED


def _outputs(cell: NotebookNode, result: ExerciseResult) -> list[NotebookNode]:
    """Return the cell's outputs in a form that nbgrader scores as ``result`` says."""
    kept = [_unscored(o) for o in cell.outputs if o.output_type in ("stream", "error")]
    tables = [o for o in cell.outputs if MIME in o.get("data", {})]
    if result.checks:
        kept.append(new_output("display_data", {"text/plain": tables[-1].data["text/plain"]}))
    else:
        kept.append(new_output("display_data", {"text/plain": result.message}))
    number = {"text/plain": f"{result.earned!r}"}
    return [*kept, new_output("execute_result", number, execution_count=cell.execution_count)]


def _unscored(output: NotebookNode) -> NotebookNode:
    """Turn an output that nbgrader would punish into plain text that says the same."""
    text = output.text if output.output_type == "stream" else "\n".join(output.traceback) + "\n"
    return new_output("stream", name="stdout", text=text)


def _summary(nb: NotebookNode, exercises: tuple[ExerciseResult, ...]) -> NotebookResult:
    """Make a notebook's result out of its exercises' and of how its cells ended."""
    notes = nb.metadata[NOTES]
    ended = [c.metadata[NOTES] for c in nb.cells if "ended" in c.metadata.get(NOTES, {})]
    outcome, message = Outcome.PASSED, ""
    if any(note["ended"] == "killed" for note in ended):
        outcome, message = Outcome.KILLED, f"{notes['notebook']}: the process ended"
    elif any(note["ended"] == "timeout" or note.get("detail") == "time" for note in ended):
        outcome, message = Outcome.TIMEOUT, f"{notes['notebook']}: a time limit was reached"
    return NotebookResult(
        notebook=notes["notebook"],
        outcome=outcome,
        exercises=exercises,
        message=message,
        repairs=tuple(notes["repairs"]),
    )

"""The grader's side of the examiner: starts the warm process, and talks to its children.

One :class:`ExaminerServer` serves a whole batch; each notebook gets an :class:`Examiner`. An
examiner's child reads a stranger's data and could be overcome by them. So what it says is bounded
in length and time, is read strictly, and never holds more than names and texts; the learner's
answers pass through here as bytes that nobody looks into.
"""

from __future__ import annotations

import ast
import math
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from autograder import codec, wire
from autograder.results import Outcome
from autograder.sandbox import HOME, Room, Sandbox, course_files, course_path, kept_variables
from utils import checks
from utils.checks import CheckResult, Report

MODULES = ("codec", "wire", "keras_codec", "remote", "examiner")  # what is seen of autograder
MAX_CHECKS = 200
MAX_TEXT = 4_000
_REQUEST_BYTES = 16
_MEBIBYTE = 2**20

# One thread, so that the warm process can be forked; no greeting, no window, no accelerator.
_ENVIRONMENT = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **{"MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1", "CUDA_VISIBLE_DEVICES": "-1"},
    "TF_CPP_MIN_LOG_LEVEL": "3",
}

Ask = Callable[[bytes], bytes]


@dataclass(frozen=True)
class ExaminerLimits:
    """What an examiner may use.

    Attributes:
        check_seconds: Wall time of all checks of one exercise, calls of the learner's included.
        grace_seconds: Wall time until an examiner that does not end its checks by itself is ended.
        setup_seconds: Wall time of one setup cell.
        start_seconds: Wall time until the warm process is ready.
        cpu_seconds: CPU time of one notebook.
        memory_bytes: Memory of one notebook, on top of what it shares with the warm process.
    """

    check_seconds: float = 180
    grace_seconds: float = 10
    setup_seconds: float = 120
    start_seconds: float = 180
    cpu_seconds: int = 900
    memory_bytes: int = 2048 * _MEBIBYTE


class ExaminerError(RuntimeError):
    """The examiner cannot work here, or a cell of the course is broken: not the learner's doing."""


class ExaminerLost(Exception):
    """The checks of an exercise were lost, together with all that follow in its notebook.

    Attributes:
        outcome: Why: :attr:`Outcome.TIMEOUT`, ``MEMORY``, ``KILLED`` or ``ERROR``.
        sentence: Why, for the learner.
    """

    def __init__(self, outcome: Outcome, sentence: str) -> None:
        super().__init__(sentence)
        self.outcome = outcome
        self.sentence = sentence


def bound_names(cells: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names that exercise cells bind at their top level.

    Args:
        cells: The texts of the reference's exercise cells.

    Returns:
        Pairs of a name and its kind: ``"function"`` for what ``def`` makes, else ``"value"``;
        sorted by name.
    """
    kinds: dict[str, str] = {}
    for text in cells:
        for node in ast.parse(text).body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                kinds[node.name] = "function"
            else:
                kinds |= dict.fromkeys(_bound_by(node), "value")
    return sorted(kinds.items())


def _bound_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.ClassDef):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in statement.names}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


class ExaminerServer:
    """The warm process that examiners are forked from.

    Args:
        sandbox: Where it runs; None runs it without one.
        heavy: Whether it imports Keras, which takes seconds, for weeks that need it.
        limits: What it and its examiners may use.

    Example:
        >>> with ExaminerServer(find_sandbox()) as server, server.new() as examiner: ...
    """

    def __init__(
        self,
        sandbox: Sandbox | None,
        heavy: bool = False,
        limits: ExaminerLimits | None = None,
    ) -> None:
        self.limits = limits or ExaminerLimits()
        self._sandbox, self._heavy = sandbox, heavy
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> ExaminerServer:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process's id on this machine; None while it does not run."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the warm process and wait until it is ready. It ends with the calling thread.

        Raises:
            ExaminerError: If it does not get ready; with what it said.
        """
        self.close()
        ours, theirs = socket.socketpair()
        self._control = ours
        with theirs, tempfile.TemporaryFile() as errors:
            self._process = self._launch(theirs.fileno(), errors)
            theirs.close()
            try:
                self._receive(self.limits.start_seconds)
            except wire.WireError as error:
                self.close()
                errors.seek(0, os.SEEK_END)
                errors.seek(max(0, errors.tell() - MAX_TEXT))
                said = errors.read().decode("utf-8", "replace").strip()
                raise ExaminerError(f"the examiner did not start: {said or error}") from None

    def new(self) -> Examiner:
        """Return an examiner for one notebook. A warm process that has ended is started again.

        Raises:
            ExaminerError: If that is not possible.
        """
        with self._lock:
            for attempt in (1, 2):
                if self._process is None or self._process.poll() is not None:
                    self.start()
                ours, theirs = socket.socketpair()
                try:
                    with theirs:
                        number = int(self._request("new", theirs))
                    return Examiner(ours, self, number)
                except (wire.WireError, OSError, ValueError) as error:
                    ours.close()
                    self.close()
                    if attempt == 2:
                        raise ExaminerError(f"the examiner ended: {error}") from None
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End the warm process, and with it every examiner."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None

    def end(self, number: int) -> str:
        """End an examiner's process. Returns ``"memory"`` if it had needed too much of it."""
        with self._lock:
            if self._control is None:
                return "ended"
            try:
                return self._request(f"end {number}")
            except (wire.WireError, OSError, ValueError):
                self.close()
                return "ended"

    def _launch(self, descriptor: int, errors: Any) -> subprocess.Popen:
        command = [
            *(sys.executable, "-P", "-m", "autograder.examiner", str(descriptor)),
            *("--memory-bytes", str(self.limits.memory_bytes)),
            *("--cpu-seconds", str(self.limits.cpu_seconds)),
            *(["--heavy"] if self._heavy else []),
            *(["--alone", "--seal", HOME, "/tmp", "/dev/shm"] if self._sandbox else []),
        ]
        kept = kept_variables(os.environ)
        kept = {name: kept[name] for name in kept if name.startswith(("LC_", "KERAS_", "COURSE_"))}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": errors}
        if self._sandbox is None:
            path = os.pathsep.join([str(Path(__file__).parent.parent), *filter(None, sys.path)])
            own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
            environment = {**own, **kept, **_ENVIRONMENT, "PYTHONPATH": path}
            return subprocess.Popen(
                command, env=environment, pass_fds=[descriptor], cwd="/", **streams
            )
        room = Room(
            files=course_files(MODULES),
            writable={HOME: 16 * _MEBIBYTE},  # for what libraries put away while they are imported
            environment={**kept, **_ENVIRONMENT, "PYTHONPATH": course_path()},
        )
        return self._sandbox.start(command, room, [descriptor], **streams)

    def _request(self, text: str, passed: socket.socket | None = None) -> str:
        assert self._control is not None
        data = text.encode().ljust(_REQUEST_BYTES)
        if passed is not None:
            socket.send_fds(self._control, [data], [passed.fileno()])
        else:
            self._control.sendall(data)
        return self._receive(30)

    def _receive(self, seconds: float) -> str:
        assert self._control is not None
        return wire.receive(self._control, 64, time.monotonic() + seconds).decode()


class Examiner:
    """Runs one notebook's checks. Made by :meth:`ExaminerServer.new`.

    Once :class:`ExaminerLost` was raised, everything raises it again: the process is gone.

    Attributes:
        problems: What went wrong in cells of the course, for the grader's log.
    """

    def __init__(self, connection: socket.socket, server: ExaminerServer, number: int) -> None:
        self.problems: list[str] = []
        self._connection = connection
        self._server, self._number = server, number
        self._limits = server.limits
        self._lost: ExaminerLost | None = None
        self._open = True

    def __enter__(self) -> Examiner:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def begin(
        self,
        seed: str,
        names: Sequence[tuple[str, str]],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Say what holds for the whole notebook. Comes first.

        Args:
            seed: Becomes ``COURSE_CHECKS_SEED``.
            names: The learner's names, see :func:`bound_names`.
            environment: Further environment variables, such as ``COURSE_QUICK``.

        Raises:
            ExaminerError, ExaminerLost: If the examiner cannot begin.
        """
        message = ["begin", seed, [list(pair) for pair in names], dict(environment or {})]
        self._expect_done(message, "the examiner cannot begin")

    def setup(self, source: str) -> None:
        """Run a setup cell.

        Raises:
            ExaminerError: If the cell raises.
            ExaminerLost: If it does not end.
        """
        self._expect_done(["setup", source], "a setup cell of the course raised")

    def check(
        self,
        exercise: str,
        points: float,
        source: str,
        ask: Ask,
        seconds: float | None = None,
    ) -> Report:
        """Run a check cell.

        Args:
            exercise: The exercise's id.
            points: What it is worth.
            source: The cell's text, with its hidden checks.
            ask: Takes a question to the learner's process and returns the answer, both as bytes.
                May raise an exception with attributes ``outcome`` and ``sentence``, when that
                process is lost.
            seconds: The time for all of it; by default the limit's.

        Returns:
            What the checks found. Where a cell broke off, the checks after that are not in it.

        Raises:
            ExaminerError: If the cell is broken so that no check ran.
            ExaminerLost: If the examiner itself was lost.
        """
        seconds = self._limits.check_seconds if seconds is None else seconds
        over = time.monotonic() + seconds
        deadline = over + self._limits.grace_seconds
        self._send(["check", exercise, float(points), source, float(seconds)], deadline)
        while True:
            tag, *rest = self._receive(deadline)
            if tag == "ask" and len(rest) == 1 and type(rest[0]) is bytes:
                if time.monotonic() > over + 1:
                    self._fail(Outcome.TIMEOUT)
                answer = _asked(ask, rest[0])
                # The call has a limit of its own; after it the checks get time to end.
                deadline = max(deadline, time.monotonic() + self._limits.grace_seconds)
                self._send(answer, deadline)
            elif tag == "report" and len(rest) == 1:
                try:
                    return read_report(rest[0], exercise, points)
                except ValueError:
                    self._fail(Outcome.ERROR)
            elif tag == "error" and len(rest) == 1 and type(rest[0]) is str:
                self._raise_problem(f"the check cell of {exercise} is broken", rest[0])
            else:
                self._fail(Outcome.ERROR)

    def close(self) -> None:
        """End the examiner's process."""
        if self._open:
            self._open = False
            self._connection.close()
            self._server.end(self._number)

    def _expect_done(self, message: list[Any], problem: str) -> None:
        deadline = time.monotonic() + self._limits.setup_seconds
        self._send(message, deadline)
        reply = self._receive(deadline)
        if reply[0] == "error" and len(reply) == 2 and type(reply[1]) is str:
            self._raise_problem(problem, reply[1])
        if reply != ["done"]:
            self._fail(Outcome.ERROR)

    def _raise_problem(self, what: str, text: str) -> NoReturn:
        self.problems.append(f"{what}:\n{text[:MAX_TEXT]}")
        raise ExaminerError(f"{what}: {(text.strip().splitlines() or ['?'])[-1][:300]}")

    def _send(self, message: list[Any], deadline: float) -> None:
        if self._lost is not None:
            raise self._lost
        try:
            wire.send(self._connection, codec.encode(message), deadline)
        except wire.TimedOut:
            self._fail(Outcome.TIMEOUT)
        except wire.WireError:
            self._fail(Outcome.KILLED)

    def _receive(self, deadline: float) -> list[Any]:
        try:
            message = codec.decode(wire.receive(self._connection, codec.MAX_PAYLOAD, deadline))
        except wire.TimedOut:
            self._fail(Outcome.TIMEOUT)
        except wire.Closed:
            self._fail(Outcome.KILLED)
        except (wire.WireError, codec.CodecError):
            self._fail(Outcome.ERROR)
        if type(message) is not list or not message:
            self._fail(Outcome.ERROR)
        return message

    def _fail(self, outcome: Outcome) -> NoReturn:
        """End the process, and raise for good why it is lost."""
        self._open = False
        self._connection.close()
        ended = self._server.end(self._number)
        if outcome is Outcome.KILLED and ended == "memory":
            outcome = Outcome.MEMORY
        self._lost = ExaminerLost(outcome, _SENTENCES[outcome])
        raise self._lost


_SENTENCES = {
    Outcome.TIMEOUT: "Checking what your code returned took too long. It was stopped; the checks "
    "that follow in this notebook did not run.",
    Outcome.MEMORY: "Checking what your code returned took too much memory. It was stopped; the "
    "checks that follow in this notebook did not run.",
    Outcome.KILLED: "The process that checks what your code returned ended. The checks that follow "
    "in this notebook did not run.",
    Outcome.ERROR: "The process that checks what your code returned said something that makes no "
    "sense. The checks that follow in this notebook did not run.",
}


def _asked(ask: Ask, question: bytes) -> list[Any]:
    try:
        answer = ask(question)
    except Exception as error:
        outcome, sentence = getattr(error, "outcome", None), getattr(error, "sentence", None)
        if outcome is None or sentence is None:
            raise
        return ["lost", str(outcome), str(sentence)[:MAX_TEXT]]
    # Two frames are about the answer: one that fits the first alone reads as no answer.
    return ["answer", answer if len(answer) <= codec.MAX_PAYLOAD - 1024 else b""]


# Reading a report ---------------------------------------------------------------------------------


def read_report(data: Any, exercise: str, points: float) -> Report:
    """Read what an examiner reports. The points are worked out here, from the outcomes.

    Args:
        data: What it sent, decoded.
        exercise: The exercise that it was asked for.
        points: What that is worth.

    Raises:
        ValueError: If it is anything but a report on that exercise.
    """
    _require(_has_keys(data, ("exercise", "points", "earned", "checks")))
    _require(data["exercise"] == exercise and data["points"] == points)
    _require(type(data["checks"]) is list and len(data["checks"]) <= MAX_CHECKS)
    results = tuple(map(_read_check, data["checks"]))
    _require(len({result.name for result in results}) == len(results))
    total = sum(result.weight for result in results)
    passed = sum(r.weight for r in results if r.outcome is checks.Outcome.PASSED)
    earned = points if total and passed == total else round(points * passed / (total or 1), 2)
    return Report(exercise, points, earned, results)


def _read_check(data: Any) -> CheckResult:
    _require(_has_keys(data, ("name", "outcome", "message", "hint", "weight", "hidden")))
    texts = [data[key] for key in ("name", "outcome", "message", "hint")]
    _require(all(type(text) is str and len(text) <= MAX_TEXT for text in texts))
    weight, hidden = data["weight"], data["hidden"]
    _require(type(weight) is float and math.isfinite(weight) and 0 < weight <= 1000)
    _require(type(hidden) is bool)
    return CheckResult(
        data["name"],
        checks.Outcome(data["outcome"]),  # raises ValueError for any other
        data["message"],
        data["hint"],
        weight,
        hidden,
    )


def _has_keys(data: Any, keys: Sequence[str]) -> bool:
    return type(data) is dict and data.keys() == set(keys)


def _require(condition: bool) -> None:
    if not condition:
        raise ValueError("the examiner sent no report that can be read")

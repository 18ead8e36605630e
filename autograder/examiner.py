"""Runs check cells, in a process of their own for each notebook, forked from a warm one.

``python -m autograder.examiner FD`` is the warm process. It imports what check cells need, and does
nothing else with it: no computation, no thread, no hand-in's data. For each notebook it forks a
child, which gets a connection of its own from the grader, the course's setup and check cells, and
the answers of the learner's process. The child ends with its notebook, and everything that a
stranger's data may have done to it ends with it.

Between grader and child, as payloads of :mod:`autograder.codec` in frames of
:mod:`autograder.wire`:

=====================================================  ========================================
grader                                                 child
=====================================================  ========================================
``["begin", seed, [[name, kind]...], environment]``    ``["done"]``
``["setup", source]``                                  ``["done"]`` or ``["error", text]``
``["check", exercise, points, source, seconds]``       any number of ``["ask", payload]``, then
                                                       ``["report", report]`` or ``["error", text]``
``["answer", payload]``                                (goes on)
``["lost", outcome, sentence]``                        (goes on)
=====================================================  ========================================
"""

from __future__ import annotations

import argparse
import ast
import ctypes
import gc
import importlib
import os
import random
import resource
import select
import signal
import socket
import sys
import time
import traceback
import types
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder import codec, wire
from autograder.remote import AuthorError, Link, Lost, RemoteError, RemoteFunction, Unavailable
from utils.checks import Checks, Outcome, Report

MAX_FRAME = codec.MAX_PAYLOAD
REQUEST_BYTES = 16
MAX_NAME, MAX_MESSAGE, MAX_HINT = 500, 1000, 2000

# What setup and check cells of the course import. ``utils.settings`` is left out: it reads the
# environment, which differs from notebook to notebook.
_LIGHT = ("utils.checks", "utils.data", "utils.figures", "scipy.signal", "scipy.special")
_HEAVY = ("keras",)


# The warm process --------------------------------------------------------------------------------


@dataclass
class _Child:
    """A forked child: its process, and how it ended."""

    pid: int
    over_memory: bool = False
    ended: bool = False


class Server:
    """Forks a child for each connection that the grader passes in.

    The grader's requests are of 16 bytes: ``new``, together with a socket, answered by the child's
    number; and ``end NUMBER``, answered by ``memory`` where the child needed too much of it, else
    by ``ended``. When the grader is gone, all children are.

    Args:
        control: The connection to the grader.
        memory_bytes: What a child may have in addition to what it shares with this process.
        cpu_seconds: What it may compute.
        alone: Whether this process and its children are the only ones, as in a sandbox. Then a
            process that a child has left behind is found and ended.
    """

    def __init__(
        self, control: socket.socket, memory_bytes: int, cpu_seconds: int, alone: bool = False
    ) -> None:
        self._control, self._alone = control, alone
        self._memory_bytes, self._cpu_seconds = memory_bytes, cpu_seconds
        self._children: list[_Child] = []
        self._own_bytes = _resident_bytes(os.getpid())

    def run(self) -> None:
        """Serve until the grader is gone."""
        try:
            while True:
                living = [child for child in self._children if not child.ended]
                ready, _, _ = select.select([self._control], [], [], 0.05 if living else None)
                for child in living:
                    self._watch(child)
                if ready and not self._answer():
                    return
        finally:
            for child in self._children:
                self._end(child)

    def _answer(self) -> bool:
        """Answer one request; tell whether the grader is still there."""
        request, sockets = _receive_request(self._control)
        if len(request) < REQUEST_BYTES:
            return False
        verb, _, number = request.decode().strip().partition(" ")
        if verb == "new":
            assert_one_thread()
            with socket.socket(fileno=sockets[0]) as connection:
                self._children.append(self._fork(connection))
            reply = str(len(self._children) - 1)
        else:
            child = self._children[int(number)]
            self._end(child)
            self._end_strays()
            reply = "memory" if child.over_memory else "ended"
        wire.send(self._control, reply.encode())
        return True

    def _fork(self, connection: socket.socket) -> _Child:
        pid = os.fork()
        if pid:
            return _Child(pid)
        try:
            self._control.close()
            _confine(self._memory_bytes, self._cpu_seconds)
            Examination(connection).run()
        except BaseException:
            os._exit(1)
        os._exit(0)

    def _watch(self, child: _Child) -> None:
        if os.waitpid(child.pid, os.WNOHANG)[0]:
            child.ended = True
        elif _resident_bytes(child.pid) > self._own_bytes + self._memory_bytes:
            child.over_memory = True
            self._end(child)

    @staticmethod
    def _end(child: _Child) -> None:
        if not child.ended:
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            child.ended = True

    def _end_strays(self) -> None:
        known = {1, os.getpid(), *(child.pid for child in self._children if not child.ended)}
        folders = Path("/proc").glob("[0-9]*") if self._alone else ()
        for pid in {int(folder.name) for folder in folders} - known:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def assert_one_thread() -> None:
    """Raise RuntimeError if this process has a second thread: a fork would copy its locks."""
    status = Path("/proc/self/status")
    with suppress(OSError):
        line = next(r for r in status.read_text().splitlines() if r.startswith("Threads:"))
        if int(line.split()[1]) != 1:
            raise RuntimeError(f"the examiner has {line.split()[1]} threads before a fork")


def _receive_request(control: socket.socket) -> tuple[bytes, list[int]]:
    request, sockets = b"", []
    while len(request) < REQUEST_BYTES:
        data, received, _, _ = socket.recv_fds(control, REQUEST_BYTES - len(request), 1)
        if not data:
            break
        request, sockets = request + data, sockets + received
    return request, sockets


def _resident_bytes(pid: int) -> int:
    """Return the memory of a process that lies in RAM; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _address_bytes() -> int:
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except (OSError, IndexError):
        return 2**34
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _keep_apart() -> None:
    """Keep this process and its children from reading and writing one another's memory."""
    set_dumpable = 4  # PR_SET_DUMPABLE
    with suppress(OSError, AttributeError):  # prctl is Linux's
        ctypes.CDLL(None).prctl(set_dumpable, 0, 0, 0, 0)


def _confine(memory_bytes: int, cpu_seconds: int) -> None:
    """Take from a child what it does not need: output, files, memory and time without end."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    os.chdir("/")
    # Address space is a coarse net for single huge allocations: threads and arenas reserve more
    # than they use. What lies in RAM is watched from outside.
    address = _address_bytes() + 2 * memory_bytes
    for limit, value in (
        (resource.RLIMIT_AS, address),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(limit, (value, value))


# The child ---------------------------------------------------------------------------------------


class _TimeOver(RemoteError):
    """The time of an exercise's checks is over."""


class _Clock:
    """Interrupts a check that takes too long, wherever it is.

    Args:
        seconds: The time for all checks of an exercise.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self.waiting = False  # for the grader, which has limits of its own

    @contextmanager
    def running(self) -> Iterator[None]:
        """Interrupt the block at its end, and each second after."""
        before = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, self._seconds, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def check(self) -> None:
        """Raise if the time is over."""
        if time.monotonic() >= self._end:
            raise _TimeOver(
                f"the checks of this exercise took more than {self._seconds:g} seconds", "timeout"
            )

    def _ring(self, number: int, frame: types.FrameType | None) -> None:
        if not self.waiting:
            self.check()


class Examination:
    """Runs the setup and check cells of one notebook, as the grader asks for them.

    Args:
        connection: To the grader. The examination ends with it.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._names: list[tuple[str, str]] = []
        self._seed = "0"
        self._module_before = sys.modules["__main__"]
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        self._namespace = module.__dict__
        self._namespace["display"] = lambda *values, **options: None
        self._setups = 0

    def run(self) -> None:
        """Serve until the grader is gone."""
        while True:
            try:
                message = codec.decode(wire.receive(self._connection, MAX_FRAME))
            except wire.Closed:
                return
            self._send(self._answer(*message))

    def _answer(self, verb: str, *values: Any) -> list[Any]:
        try:
            if verb == "begin":
                self._begin(*values)
            elif verb == "setup":
                self._setup(*values)
            elif verb == "check":
                return ["report", self._check(*values)]
            else:
                return ["error", f"the examiner does not know {verb!r}"]
        except BaseException as error:
            return ["error", _cut("".join(traceback.format_exception(error)), 4000)]
        return ["done"]

    def _begin(
        self, seed: str, names: Sequence[Sequence[str]], environment: Mapping[str, str]
    ) -> None:
        os.environ.update(environment)
        os.environ.pop("NBGRADER_VALIDATING", None)
        os.environ["COURSE_CHECKS_SEED"] = self._seed = seed
        self._names = [(name, kind) for name, kind in names]
        sys.modules.pop("utils.settings", None)
        self._reset_seeds("")

    def _setup(self, source: str) -> None:
        self._setups += 1
        exec(_compiled(source, f"setup {self._setups}"), self._namespace)

    def _check(self, exercise: str, points: float, source: str, seconds: float) -> dict[str, Any]:
        """Run a check cell in a namespace of its own, on top of what the setup cells made."""
        code = _compiled(source, f"check {exercise}")
        self._reset_seeds(exercise)
        clock = _Clock(seconds)
        namespace = dict(self._namespace)
        problem = None
        with clock.running():
            try:
                link = Link(exercise, lambda payload: self._ask(payload, clock))
                namespace.update(self._learners_names(link, source))
                exec(code, namespace)
            except Exception as error:
                problem = error
        checks = namespace.get("checks")
        if type(checks) is not Checks or checks.exercise != exercise:
            raise problem or AuthorError(f"the cell made no Checks({exercise!r})")
        # A cell that broke off keeps what it has found; the checks that are missing count as lost.
        checks.points = points
        return _plain(checks.summary())

    def _learners_names(self, link: Link, source: str) -> dict[str, Any]:
        used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        found = {}
        for name, kind in self._names:
            if kind == "function":
                found[name] = RemoteFunction(link, name)
            elif name in used:
                with suppress(NotImplementedError):  # not defined: so it is in the check
                    found[name] = _value(link, name)
        return found

    def _ask(self, payload: bytes, clock: _Clock) -> bytes:
        """Bring a question to the learner's process, by way of the grader."""
        clock.check()
        clock.waiting = True
        try:
            self._send(["ask", payload])
            reply = codec.decode(wire.receive(self._connection, MAX_FRAME))
        finally:
            clock.waiting = False
        tag, *rest = reply
        if tag == "lost":
            outcome, sentence = rest
            raise Lost(sentence, Outcome(outcome))
        clock.check()
        return rest[0]

    def _reset_seeds(self, exercise: str) -> None:
        """Make what a check draws without ``checks.rng`` the same in every order of checks."""
        seed = zlib.crc32(f"{exercise}/{self._seed}".encode())
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 (for libraries that still draw from it)
        if "keras" in sys.modules:
            sys.modules["keras"].utils.set_random_seed(seed)

    def _send(self, message: list[Any]) -> None:
        try:
            payload = codec.encode(message)
        except codec.CodecError as error:
            if message[0] == "ask":
                raise AuthorError(str(error)) from None
            payload = codec.encode(["error", str(error)])
        wire.send(self._connection, payload)


def _value(link: Link, name: str) -> Any:
    try:
        return link.get(name)
    except NotImplementedError:
        raise
    except Exception as error:
        return Unavailable(error)


def _compiled(source: str, name: str) -> types.CodeType:
    # Without dont_inherit, this module's own __future__ import would reach into the cell.
    return compile(source, f"<{name}>", "exec", dont_inherit=True)


def _plain(report: Report) -> dict[str, Any]:
    """Return a report as data that can be sent, with texts of a bounded length."""
    checks = [
        {
            "name": _cut(check.name, MAX_NAME),
            "outcome": str(check.outcome),
            "message": _cut(check.message, MAX_MESSAGE),
            "hint": _cut(check.hint, MAX_HINT),
            "weight": float(check.weight),
            "hidden": bool(check.hidden),
        }
        for check in report.checks
    ]
    earned, points = float(report.earned), float(report.points)
    return {"exercise": report.exercise, "points": points, "earned": earned, "checks": checks}


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


# The command -------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the warm process: import, say ``ready``, serve."""
    parser = argparse.ArgumentParser(prog="python -m autograder.examiner")
    parser.add_argument("descriptor", type=int, help="of the socket to the grader")
    parser.add_argument("--heavy", action="store_true", help="import Keras too")
    parser.add_argument("--memory-bytes", type=int, required=True)
    parser.add_argument("--cpu-seconds", type=int, required=True)
    parser.add_argument("--alone", action="store_true", help="no other process is here")
    parser.add_argument("--seal", nargs="*", default=[], help="folders that children may not write")
    options = parser.parse_args(arguments)
    control = socket.socket(fileno=options.descriptor)
    for name in _LIGHT:
        with suppress(ImportError):  # a course need not use them all
            importlib.import_module(name)
    if options.heavy:
        for name in _HEAVY:
            importlib.import_module(name)
    for folder in options.seal:
        # What one notebook wrote there, the next one could read.
        with suppress(OSError):
            Path(folder).chmod(0o500)
    server = Server(control, options.memory_bytes, options.cpu_seconds, options.alone)
    _keep_apart()
    assert_one_thread()
    gc.collect()
    gc.freeze()  # so that a child's collector does not copy every page it looks at
    wire.send(control, b"ready")
    server.run()


if __name__ == "__main__":
    main()

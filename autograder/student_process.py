"""Holds a learner's process from outside: starts it, bounds it, asks it, and ends it.

The process runs :mod:`autograder.student` in a sandbox. Nothing that it sends or does can make this
side wait beyond a limit, fill its memory, or run code: replies to the checks are passed on unread,
output is text that is cut, and the little that is read here is read as bounded plain data.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder import codec, wire
from autograder.results import Outcome
from autograder.sandbox import (
    HOME,
    Room,
    Sandbox,
    course_files,
    course_path,
    package_places,
    site_folders,
)

_MODULES = ("student", "codec", "wire", "keras_codec")
_START = "import sys; from autograder.student import main; main(sys.argv[1:])"
_KEPT_VARIABLES = ("COURSE_QUICK", "KERAS_BACKEND", "LANG", "LC_ALL", "TZ")
_KEPT_PREFIXES = ("TF_", "OMP_", "MKL_", "OPENBLAS_", "XLA_")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_READ = 2**18
_REPORT_BYTES = 2**18  # the longest reply that is read here


@dataclass(frozen=True)
class StudentLimits:
    """What one learner's process may use.

    Attributes:
        start_seconds: Wall time until the process is ready.
        cell_seconds: Wall time of one cell.
        call_seconds: Wall time of one question of a check.
        notebook_seconds: Wall time of everything together.
        cpu_seconds: Processor time of each of its processes.
        memory_bytes: Memory held by all its processes together.
        address_bytes: Address space of one process. Frameworks reserve far more than they use.
        processes: Number of its processes.
        threads: Number of threads of all its processes together.
        open_files: Open files of one process.
        file_bytes: Length of one file.
        folder_bytes: Size of its private folder, which is kept in memory.
        files: Number of files in its private folders.
        output_bytes: Output kept of one cell.
        line_bytes: Output kept of one line.
    """

    start_seconds: float = 60
    cell_seconds: float = 60
    call_seconds: float = 20
    notebook_seconds: float = 600
    cpu_seconds: int = 1200
    memory_bytes: int = 4 * 2**30
    address_bytes: int = 32 * 2**30
    processes: int = 64
    threads: int = 2000
    open_files: int = 256
    file_bytes: int = 100 * 2**20
    folder_bytes: int = 256 * 2**20
    files: int = 50_000
    output_bytes: int = 1_000_000
    line_bytes: int = 10_000


class Lost(Exception):
    """The learner's process is gone, or has been ended.

    Attributes:
        outcome: TIMEOUT, MEMORY or KILLED.
        sentence: What happened, for the learner.
        output: What the cell wrote before, where a cell ran.
    """

    output: str = ""

    def __init__(self, outcome: Outcome, sentence: str) -> None:
        super().__init__(sentence)
        self.outcome, self.sentence = outcome, sentence


@dataclass(frozen=True)
class CellError:
    """What a cell raised.

    Attributes:
        type_name: The name of the exception's class.
        text: Its text.
        lines: The traceback's lines that lie in the learner's cells.
    """

    type_name: str
    text: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellRun:
    """How a cell ended and what it wrote.

    Attributes:
        error: What it raised; None when it ran to its end.
        output: What it wrote on stdout and stderr, in order, cut with a note where it was too much.
    """

    error: CellError | None
    output: str


class StudentProcess:
    """A learner's process.

    It ends with the thread that starts it, so start and close it in the same long-lived one.

    Args:
        sandbox: Where it runs; None only with ``unsafe``.
        limits: What it may use.
        forbidden: Top-level packages that cannot be imported there.
        unsafe: Run it as a plain process with the grader's own rights. It can then read and change
            whatever the grader can; only limits of time, memory and output are kept.
        environment: Variables that it sees on top of the usual ones.

    Raises:
        ValueError: If there is neither a sandbox nor ``unsafe``.
    """

    def __init__(
        self,
        sandbox: Sandbox | None,
        limits: StudentLimits | None = None,
        forbidden: frozenset[str] = frozenset(),
        unsafe: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        if sandbox is None and not unsafe:
            raise ValueError("a learner's process needs a sandbox")
        self._sandbox = None if unsafe else sandbox
        self.limits = limits or StudentLimits()
        self._forbidden = forbidden
        self._environment = {**_variables(), **(environment or {})}
        self._process: subprocess.Popen | None = None
        self._lost: Lost | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> StudentProcess:
        self.start()
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process and wait until it is ready.

        Raises:
            Lost: If it does not become ready. That is no fault of the learner's.
        """
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        self._socket = ours
        self._output = _Output(reading, self.limits)
        self._stack.callback(ours.close)
        try:
            with theirs:
                self._process = self._spawn(theirs.fileno(), writing)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._deadline = time.monotonic() + self.limits.notebook_seconds
        self._watch = _Watch(self._process, self.limits, self._sandbox is not None, self._end)
        for thread in (self._output, self._watch):
            thread.start()
        deadline = time.monotonic() + self.limits.start_seconds
        try:
            if self._plain(wire.receive(ours, _REPORT_BYTES, deadline)) != ["ready"]:
                raise wire.Closed("it said something else")
            self._watch.hold_inside()
        except (wire.WireError, codec.CodecError) as error:
            said = self._output.finish()[-500:].strip()
            self.close()
            text = f"The sandboxed process could not be started ({error}). {said}".strip()
            raise Lost(Outcome.KILLED, text) from None

    def run(self, cell_id: str, source: str) -> CellRun:
        """Run a cell.

        Raises:
            Lost: If the process did not survive it. ``output`` then holds what it wrote.
        """
        self._output.begin()
        seconds = self.limits.cell_seconds
        what = f"The cell ran for more than {seconds:g} seconds and was stopped."
        try:
            reply = self._exchange(["run", cell_id, source], seconds, what)
            if len(reply) != 2 or reply[0] != "ran":
                raise self._nonsense()
            return CellRun(self._error(reply[1]), self._scrub(self._output.finish()))
        except Lost as lost:
            lost.output = self._scrub(self._output.finish())
            raise

    def mark(self, exercise: str) -> None:
        """Remember the names as they are now for the checks of an exercise.

        Raises:
            Lost: If the process did not survive it.
        """
        what = "Your code kept the process from answering."
        if self._exchange(["mark", exercise], self.limits.call_seconds, what) != ["marked"]:
            raise self._nonsense()

    def ask(self, payload: bytes) -> bytes:
        """Pass a question on and return the reply as it came, unread.

        Raises:
            Lost: If no reply came within the limits.
        """
        seconds = self.limits.call_seconds
        what = f"Your code did not return within {seconds:g} seconds."
        return self._relay(payload, codec.MAX_PAYLOAD, seconds, what)

    def close(self) -> None:
        """End the process and everything that it started."""
        if self._process is None:
            return
        self._watch.stop()
        self._kill()
        self._output.stop()
        for thread in (self._watch, self._output):
            if thread is not threading.current_thread():
                thread.join(timeout=10)
        self._watch.release()
        self._stack.close()
        self._process = None

    # Talking

    def _exchange(self, request: list[str], seconds: float, what: str) -> list:
        try:
            payload = codec.encode(request)
        except codec.CodecError:
            raise Lost(Outcome.KILLED, "The cell is too long to be run.") from None
        reply = self._relay(payload, _REPORT_BYTES, seconds, what)
        try:
            return self._plain(reply)
        except codec.CodecError:
            raise self._nonsense() from None

    def _relay(self, payload: bytes, limit: int, seconds: float, what: str) -> bytes:
        if self._lost is not None:
            raise self._lost
        deadline = min(time.monotonic() + seconds, self._deadline)
        if deadline == self._deadline:
            limit_seconds = self.limits.notebook_seconds
            what = f"The notebook ran for more than {limit_seconds:g} seconds and was stopped."
        try:
            wire.send(self._socket, payload, deadline)
            return wire.receive(self._socket, limit, deadline)
        except wire.TimedOut:
            self._end(Lost(Outcome.TIMEOUT, what))
        except wire.TooLong:
            self._end(Lost(Outcome.KILLED, "Your code sent more than can be taken as an answer."))
        except wire.Closed:
            self._end(self._watch.verdict())
        raise self._lost

    @staticmethod
    def _plain(payload: bytes) -> list:
        """Read a reply that is lists of texts and nothing else."""
        reply = codec.decode(payload)
        if type(reply) is not list:
            raise codec.CodecError("the reply is no list")
        return reply

    def _error(self, value: object) -> CellError | None:
        if value is None:
            return None
        texts = value[:2] if type(value) is list and len(value) == 3 else [None]
        lines = value[2] if len(texts) == 2 else None
        if type(lines) is not list or not all(type(text) is str for text in (*texts, *lines)):
            raise self._nonsense()
        scrubbed = tuple(self._scrub(line[:500]) for line in lines[:60])
        return CellError(texts[0][:100], self._scrub(texts[1][:2000]), scrubbed)

    def _nonsense(self) -> Lost:
        self._end(Lost(Outcome.KILLED, "Your code answered in the place of the grader's own."))
        return self._lost

    def _scrub(self, text: str) -> str:
        """Take paths of this machine out of a text that people will read."""
        for path in _machine_paths():
            text = text.replace(path, "…")
        return text

    # Starting and ending

    def _spawn(self, sock: int, writing: int) -> subprocess.Popen:
        limits = self.limits
        settings = {
            "forbidden": sorted(self._forbidden),
            "limits": {
                "RLIMIT_AS": limits.address_bytes,
                "RLIMIT_FSIZE": limits.file_bytes,
                "RLIMIT_CPU": limits.cpu_seconds,
                "RLIMIT_NOFILE": limits.open_files,
                "RLIMIT_CORE": 0,
                "RLIMIT_MEMLOCK": 2**20,
            },
        }
        if self._sandbox is not None and _counts_processes_per_namespace():
            settings["limits"]["RLIMIT_NPROC"] = limits.threads
        options = ["-P", "-B", "-X", "utf8", "-c", _START, str(sock), json.dumps(settings)]
        command = [sys.executable, *options]
        streams = {"stdin": subprocess.DEVNULL, "stdout": writing, "stderr": writing}
        if self._sandbox is not None:
            return self._sandbox.start(command, self._room(), fds=(sock,), **streams)
        folder = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="hand-in-", ignore_cleanup_errors=True)
        )
        course = str(Path(__file__).parent.parent)
        variables = {"HOME": folder, "TMPDIR": folder, "PYTHONPATH": course}
        return subprocess.Popen(
            command,
            env={"PATH": os.defpath, **self._environment, **variables},
            cwd=folder,
            pass_fds=(sock,),
            start_new_session=True,
            **streams,
        )

    def _room(self) -> Room:
        return Room(
            files=course_files(_MODULES),
            hidden=package_places(self._forbidden),
            writable={HOME: self.limits.folder_bytes},
            environment={**self._environment, "PYTHONPATH": course_path()},
        )

    def _end(self, lost: Lost) -> None:
        """Note why the process ends, unless that is known, and end it."""
        if self._lost is None:
            self._lost = lost
        self._kill()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _kill(self) -> None:
        assert self._process is not None
        if self._sandbox is None:
            for pid in _descendants(self._process.pid, 10_000)[0][1:]:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._watch.kill_inside()
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)


class _Watch(threading.Thread):
    """Looks at all processes in the sandbox, a few times a second, and ends them over a limit."""

    _INTERVAL = 0.1

    def __init__(
        self,
        process: subprocess.Popen,
        limits: StudentLimits,
        sandboxed: bool,
        end: Callable[[Lost], None],
    ) -> None:
        super().__init__(name="watch", daemon=True)
        self._process, self._limits, self._end = process, limits, end
        self._own = 2 if sandboxed else 0  # bubblewrap itself, outside and inside
        self._first: int | None = None  # process 1 inside, as a file descriptor
        self._stopped = threading.Event()

    def hold_inside(self) -> None:
        """Get hold of process 1 of the sandbox: with it, everything inside ends."""
        pids = _descendants(self._process.pid, 2)[0]
        if self._own and len(pids) > 1:
            with contextlib.suppress(OSError):
                self._first = os.pidfd_open(pids[1])

    def kill_inside(self) -> None:
        """Kill everything in the sandbox and wait until it is gone."""
        if self._first is None:
            return
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self._first, signal.SIGKILL)
            poller = select.poll()
            poller.register(self._first, select.POLLIN)
            poller.poll(10_000)

    def stop(self) -> None:
        """Stop looking."""
        self._stopped.set()

    def run(self) -> None:
        while not self._stopped.wait(self._INTERVAL):
            if self._process.poll() is not None:
                self._end(self.verdict())
                return
            lost = self._over_a_limit()
            if lost is not None:
                self._end(lost)
                return

    def verdict(self) -> Lost:
        """Say why the process ended, from how it ended."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return Lost(Outcome.KILLED, "Your code closed the connection to the grader.")
        number = code - 128 if code > 128 else -code  # bubblewrap tells a signal as 128 + n
        if number == signal.SIGXCPU:
            seconds = self._limits.cpu_seconds
            text = f"Your code used more than {seconds} seconds of processor time."
            return Lost(Outcome.TIMEOUT, text)
        if 0 < number < signal.NSIG:
            with contextlib.suppress(ValueError):
                name = signal.Signals(number).name
                return Lost(Outcome.KILLED, f"Your code ended the Python process ({name}).")
        return Lost(Outcome.KILLED, "Your code ended the Python process.")

    def release(self) -> None:
        """Give the file descriptor back."""
        if self._first is not None:
            os.close(self._first)
            self._first = None

    def _over_a_limit(self) -> Lost | None:
        limits = self._limits
        most = limits.processes + self._own
        pids, threads = _descendants(self._process.pid, most)
        if len(pids) > most:
            return Lost(
                Outcome.KILLED, f"Your code started more than {limits.processes} processes."
            )
        if threads > limits.threads:
            return Lost(Outcome.KILLED, f"Your code started more than {limits.threads} threads.")
        # Memory that processes share counts once. That takes longer to find out: it comes second.
        most_memory = limits.memory_bytes
        if all(sum(map(of, pids)) > most_memory for of in (_resident, _proportional)):
            size = _gibibytes(most_memory)
            return Lost(Outcome.MEMORY, f"Your code used more than {size} of memory.")
        if self._own and len(pids) > 2 and _files(pids[2]) > limits.files:
            return Lost(Outcome.KILLED, f"Your code made more than {limits.files:,} files.")
        return None


class _Output(threading.Thread):
    """Reads what the process writes, without end and without waiting, and keeps the beginning."""

    def __init__(self, descriptor: int, limits: StudentLimits) -> None:
        super().__init__(name="output", daemon=True)
        self._descriptor, self._limits = descriptor, limits
        os.set_blocking(descriptor, False)
        with contextlib.suppress(OSError, AttributeError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 2**20)
        self._lock = threading.Lock()
        self._ended = self._stopped = False
        self._kept: Excerpt | None = Excerpt(limits.output_bytes, limits.line_bytes)

    def begin(self) -> None:
        """Begin a new text; what was written before is dropped."""
        with self._lock:
            self._kept = None
            self._drain()
            self._kept = Excerpt(self._limits.output_bytes, self._limits.line_bytes)

    def finish(self) -> str:
        """Return the text so far; what is written from now on is dropped."""
        with self._lock:
            self._drain()
            kept, self._kept = self._kept, None
        return "" if kept is None else kept.text()

    def stop(self) -> None:
        """Stop reading, whoever may still hold the other end."""
        self._stopped = True

    def run(self) -> None:
        poller = select.poll()
        poller.register(self._descriptor, select.POLLIN)
        while not self._stopped and not self._ended:
            if poller.poll(100):
                with self._lock:
                    self._read()
        with self._lock:
            self._drain()
            self._ended = True
            os.close(self._descriptor)

    def _drain(self) -> None:
        """Read what is there now; a writer that does not stop cannot keep us here."""
        if self._ended:
            return
        waiting = bytearray(4)
        fcntl.ioctl(self._descriptor, termios.FIONREAD, waiting)
        left = int.from_bytes(waiting, sys.byteorder)
        while left > 0 and not self._ended:
            count = self._read()
            if not count:
                return
            left -= count

    def _read(self) -> int:
        try:
            piece = os.read(self._descriptor, _READ)
        except BlockingIOError:
            return 0
        if not piece:
            self._ended = True
        elif self._kept is not None:
            self._kept.add(piece)
        return len(piece)


class Excerpt:
    """The beginning of a text, and of each of its lines, with notes where it was cut.

    Args:
        most: How many bytes are kept of all.
        line: How many bytes are kept of a line.
    """

    def __init__(self, most: int, line: int) -> None:
        self._most, self._line = most, line
        self._parts: list[bytes] = []
        self._size = self._in_line = 0
        self._line_is_cut = self._is_cut = False

    def add(self, piece: bytes) -> None:
        """Take the next piece of the text."""
        position = 0
        while position < len(piece) and not self._is_cut:
            end = piece.find(b"\n", position) + 1 or len(piece)
            self._add_to_line(piece[position:end])
            position = end

    def text(self) -> str:
        """Return what was kept; of a line that was written over, its last form."""
        text = b"".join(self._parts).decode("utf-8", "replace")
        lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
        if self._is_cut:
            lines += [f"[Output cut: more than {self._most:,} bytes.]", ""]
        return "\n".join(lines)

    def _add_to_line(self, part: bytes) -> None:
        body, ends = part.removesuffix(b"\n"), part.endswith(b"\n")
        if not self._line_is_cut:
            kept = body[: self._line - self._in_line]
            self._in_line += len(kept)
            self._keep(kept)
            if len(kept) < len(body):
                self._line_is_cut = True
                self._keep(f" [Line cut: more than {self._line:,} bytes.]".encode())
        if ends:
            self._keep(b"\n")
            self._in_line, self._line_is_cut = 0, False

    def _keep(self, part: bytes) -> None:
        kept = part[: self._most - self._size]
        self._parts.append(kept)
        self._size += len(kept)
        self._is_cut = self._is_cut or len(kept) < len(part)


# What the kernel tells about processes ------------------------------------------------------------


def _descendants(pid: int, most: int) -> tuple[list[int], int]:
    """Return a process and all below it, and the number of their threads.

    Stops a little above ``most`` processes: then there are too many anyway.
    """
    pids, threads, index = [pid], 0, 0
    while index < len(pids) <= most:
        tasks = _tasks(pids[index])
        index += 1
        threads += len(tasks)
        for task in tasks:
            with contextlib.suppress(OSError), open(task / "children") as file:
                pids += map(int, file.read().split())
    return pids, threads


def _resident(pid: int) -> int:
    """Return the bytes of memory that a process holds."""
    pages = _pages(Path(f"/proc/{pid}"))
    if not pages:  # a process whose first thread has ended shows its memory with the others only
        pages = max(map(_pages, _tasks(pid)), default=0)
    return pages * _PAGE


def _pages(folder: Path) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError), open(folder / "statm") as file:
        return int(file.read().split()[1])
    return 0


def _tasks(pid: int) -> list[Path]:
    """Return the folder of each thread of a process; none when it is gone."""
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _proportional(pid: int) -> int:
    """Return the bytes that a process holds, shared ones divided by who shares them."""
    gone = contextlib.suppress(OSError, IndexError, ValueError)
    with gone, open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return _resident(pid)  # a process can keep its map to itself; then it pays for all


def _files(pid: int) -> int:
    """Return how many files a sandbox's private folders hold."""
    count = 0
    for folder in (HOME, "/tmp", "/dev/shm"):
        with contextlib.suppress(OSError):
            state = os.statvfs(f"/proc/{pid}/root{folder}")
            count += state.f_files - state.f_ffree
    return count


@cache
def _counts_processes_per_namespace() -> bool:
    """Tell whether a limit on processes, set inside, counts only those inside (Linux 5.14)."""
    numbers = re.findall(r"\d+", os.uname().release)[:2]
    return tuple(map(int, numbers)) >= (5, 14)


@cache
def _machine_paths() -> tuple[str, ...]:
    """Return the beginnings of paths that say something about this machine, longest first."""
    here = Path(__file__).resolve().parent.parent
    paths = {sys.prefix, sys.base_prefix, str(here), str(Path.home()), *site_folders()}
    paths |= {os.path.realpath(path) for path in paths}
    telling = (path for path in paths if path.count("/") > 1 and not path.startswith("/usr"))
    return tuple(sorted(telling, key=len, reverse=True))


def _variables() -> dict[str, str]:
    """Return the variables that every learner's process sees."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT_VARIABLES or name.startswith(_KEPT_PREFIXES)
    }
    fixed = {
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": "/tmp/ipython",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    return {**fixed, **kept}


def _gibibytes(count: int) -> str:
    return f"{count / 2**30:.3g} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"

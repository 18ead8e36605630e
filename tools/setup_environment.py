"""Make the course's environment: find a Python, check the disk, install the lock, show progress.

`make` runs this file before every target. It returns at once when the environment is ready and
starts over when it is not, so an interrupted installation needs no cleaning up. It uses nothing
but the standard library and runs on Python 3.7 and newer, so that it can tell the user of an old
Python what to do.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Measured on Linux: 2.5 GB when installed; pip's downloads and its cache add up to 0.7 GB each.
NEEDED_GB = 4.0
CANDIDATES = ("python3", "python", "python3.13", "python3.12", "python3.11")
PROBE = "import sys; print(*sys.version_info[:3]); import venv, ensurepip"

READY = ".ready"  # written last: its absence means that the installation did not finish
OURS = ".made-by-the-course"  # written first: without it the folder is somebody else's
LOG = "setup.log"


class SetupError(Exception):
    """What went wrong and what to do, in words for the person who typed `make`."""


# --- which Python ---------------------------------------------------------------------------------


def supported_versions(pyproject: Path) -> tuple:
    """Return (first, past_last), such as ((3, 11), (3, 14)), from `requires-python`."""
    pattern = r'requires-python = ">=(\d+)\.(\d+),<(\d+)\.(\d+)"'
    match = re.search(pattern, pyproject.read_text(encoding="utf-8"))
    if match is None:
        raise SetupError(f'{pyproject.name} has no line like requires-python = ">=3.11,<3.14".')
    numbers = [int(number) for number in match.groups()]
    return (numbers[0], numbers[1]), (numbers[2], numbers[3])


def probe(command: str) -> tuple:
    """Run an interpreter. Return (version or None, problem or None)."""
    try:
        done = subprocess.run(
            [command, "-c", PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except OSError:
        return None, "not found"
    except subprocess.TimeoutExpired:
        return None, "does not answer"
    numbers = done.stdout.split()
    if len(numbers) != 3:
        return None, "does not run"
    version = tuple(int(number) for number in numbers)
    if done.returncode != 0:
        package = f"python{version[0]}.{version[1]}-venv"
        return version, f"lacks the module venv (on Debian or Ubuntu: apt install {package})"
    return version, None


def find_python(requested: str, first: tuple, past_last: tuple) -> tuple:
    """Return (command, version) of the first suitable interpreter.

    Args:
        requested: what the user gave as PYTHON=..., or "" for a search.
        first: the oldest supported version, such as (3, 11).
        past_last: the version after the newest supported one.

    Raises:
        SetupError: none is suitable; the message lists what was found.
    """
    found = []
    for command in (requested,) if requested else CANDIDATES:
        version, problem = probe(command)
        if problem is None and not first <= version[:2] < past_last:
            problem = "too old" if version[:2] < first else "too new"
        if problem is None:
            return command, version
        if version is not None or requested:
            name = f"{command} {dotted(version)}" if version else command
            found.append(f"  {name}: {problem}")
    last = f"{past_last[0]}.{past_last[1] - 1}"
    raise SetupError(
        f"The course needs Python {dotted(first)} to {last}. Found:\n"
        + ("\n".join(found) or "  none on PATH")
        + f"\nInstall Python {last} (python.org/downloads, or your system's package manager) and"
        + " run the same command again.\nIf you have one elsewhere, name it: make learn"
        + f" PYTHON=/path/to/python{last}"
    )


def dotted(version: tuple) -> str:
    return ".".join(str(number) for number in version)


# --- what is there already ------------------------------------------------------------------------


def fingerprint(lock: Path, pyproject: Path, venv: Path) -> str:
    """Hash what decides an environment's content: the lock, the project's tables, the place.

    The place counts because scripts in `bin` name their interpreter by its full path, so a
    folder that was moved has to be made again. Tool settings (ruff, pytest) do not count.
    """
    kept, keep = [], True
    for line in pyproject.read_text(encoding="utf-8").splitlines():
        if re.match(r"\[+[a-z]", line):
            keep = re.match(r"\[(build-system|project|tool\.setuptools)\b", line) is not None
        if keep:
            kept.append(line)
    parts = (lock.read_text(encoding="utf-8"), "\n".join(kept), str(venv.absolute()))
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()


def ready_with(venv: Path) -> tuple:
    """Return (fingerprint, Python's version) of a finished environment, or ("", "")."""
    stamp = venv / READY
    if not stamp.is_file() or not python_of(venv).exists():
        return "", ""
    words = stamp.read_text(encoding="utf-8").split()
    return (words[0], words[1]) if len(words) == 2 else ("", "")


def python_of(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def remove_old(venv: Path) -> None:
    """Remove a stale or half-made environment, and nothing that somebody else made."""
    if not venv.exists() and not venv.is_symlink():
        return
    if venv.is_symlink() or not venv.is_dir():
        raise SetupError(f"{venv} is not a folder. Move it away, or use another: VENV=.venv-course")
    if any(venv.iterdir()) and not (venv / OURS).exists():
        raise SetupError(
            f"The folder {venv} was not made by this course, so it stays as it is.\n"
            "Move it away, or let the course use another folder: add VENV=.venv-course"
        )
    shutil.rmtree(str(venv))


def check_disk(folder: Path, needed_gb: float) -> float:
    """Return the free gigabytes (1e9 bytes) at `folder`; raise SetupError when too few."""
    free_gb = shutil.disk_usage(str(folder)).free / 1e9
    if free_gb < needed_gb:
        raise SetupError(
            f"Not enough disk space in {folder}: {free_gb:.1f} GB are free,"
            f" {needed_gb:.1f} GB are needed.\nFree some and run the same command again."
        )
    return free_gb


# --- installing -----------------------------------------------------------------------------------


class Progress:
    """One status line with the elapsed time: rewritten on a terminal, now and then in a log."""

    def __init__(self, stream=None, every: float = 10.0):
        self.stream = stream or sys.stdout
        self.terminal = self.stream.isatty()
        self.every = 0.5 if self.terminal else every
        self.start = self.last = time.monotonic()

    def update(self, text: str, end: bool = False) -> None:
        """Show the line when it is due, or in any case when it `end`s a step."""
        now = time.monotonic()
        if not end and now - self.last < self.every:
            return
        self.last = now
        line = f"{text}  {now - self.start:.0f} s"
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write("\r" + line[:width].ljust(width) + ("\n" if end else ""))
        else:
            self.stream.write(line + "\n")
        self.stream.flush()


def clean_environment(venv: Path) -> dict:
    """Environment variables for pip: no other installation's paths, downloads beside the target.

    pip unpacks downloads in the temporary folder; keeping that in the environment means that one
    disk matters, the one `check_disk` looked at.
    """
    variables = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    variables.update(
        TMPDIR=str(venv.absolute() / "tmp"),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_NO_INPUT="1",
        PIP_USER="0",
        PIP_PROGRESS_BAR="off",
    )
    return variables


def installed_count(venv: Path) -> int:
    """Count the packages that pip has written so far."""
    pattern = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    names = [name for folder in venv.glob(pattern) for name in os.listdir(str(folder))]
    return sum(name.endswith(".dist-info") for name in names)


class PipWatch:
    """Reads pip's output line by line: keeps a log, and knows how far pip is."""

    def __init__(self, pins: int):
        self.pins, self.collected, self.installing, self.current = pins, 0, False, ""

    def feed(self, line: str) -> None:
        if line.startswith("Ignoring "):  # a pin for another system or Python
            self.pins -= 1
        elif line.startswith(("Collecting ", "Processing ")):  # from an index, from a folder
            self.collected += 1
            self.current = re.split(r"[=<>~;]|-\d", line.split()[1].split("/")[-1])[0]
        elif line.startswith("Installing collected packages"):
            self.installing = True

    def status(self, installed: int) -> str:
        if self.installing:
            return f"Installing: {min(installed, self.pins)} of {self.pins} packages"
        return f"Downloading: {self.collected} of {self.pins} packages ({self.current})"


def run_pip(venv: Path, arguments: list, progress: Progress, pins: int = 0) -> None:
    """Run the environment's pip, showing a status line; its own output goes to the log."""
    command = [str(python_of(venv)), "-m", "pip", *arguments]
    watch, before = PipWatch(pins), installed_count(venv)
    with (venv / LOG).open("a", encoding="utf-8") as log:
        child = subprocess.Popen(
            command,
            cwd=str(ROOT),
            env=clean_environment(venv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )

        def read() -> None:
            for line in child.stdout:
                log.write(line)
                watch.feed(line)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            while reader.is_alive():
                reader.join(0.5)
                if pins:
                    progress.update(watch.status(installed_count(venv) - before))
            status = child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
    if status != 0:
        raise SetupError(explain((venv / LOG).read_text(encoding="utf-8"), venv / LOG))


def explain(log: str, where: Path) -> str:
    """Turn pip's log into a message that says what to do."""
    # The names of exceptions and system messages that pip and urllib3 print for each cause.
    causes = (
        (
            r"NewConnectionError|NameResolutionError|name resolution|ConnectTimeout|ReadTimeout"
            r"|Network is unreachable|ProxyError|Connection refused",
            "No package index can be reached. The first installation needs the internet: connect,"
            " or name your mirror in PIP_INDEX_URL, and run the same command again.",
        ),
        (
            r"SSLError|CERTIFICATE_VERIFY_FAILED",
            "The package index's certificate is not trusted here. Behind a company's proxy, name"
            " its certificate in PIP_CERT, and run the same command again.",
        ),
        (
            r"No space left on device",
            f"The disk is full. Free at least {NEEDED_GB:.0f} GB and run the same command again.",
        ),
        (
            r"which is not installed|has requirement .* but you have",
            "The lock file does not fit pyproject.toml: run make lock.",
        ),
        (
            r"No matching distribution",
            "A package has no build for this system. Supported are Linux (x86_64, aarch64), macOS"
            " 13 or newer on Apple silicon, and Windows (x86_64).",
        ),
    )
    advice = next((text for pattern, text in causes if re.search(pattern, log)), "")
    lines = log.splitlines()
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    said = "\n".join(errors[-3:]) or "nothing"
    return "\n".join(x for x in (advice, f"pip said:\n{said}", f"All it said: {where}") if x)


def install(python: str, venv: Path, lock: Path) -> None:
    """Make `venv` from nothing: the pins of `lock`, then this project."""
    remove_old(venv)
    free_gb = check_disk(venv.absolute().parent, NEEDED_GB)
    print(f"Making {venv} from {shown(lock)}: {free_gb:.0f} GB free, about 3 minutes", flush=True)
    progress = Progress()
    venv.mkdir(parents=True)
    (venv / OURS).write_text("make may remove this folder and make it again\n", encoding="utf-8")
    made = subprocess.run([python, "-m", "venv", str(venv)], check=False)
    if made.returncode != 0:
        raise SetupError(f"{python} -m venv {venv} failed; its message stands above.")
    (venv / "tmp").mkdir()
    pins = len(re.findall(r"(?m)^[A-Za-z0-9]", lock.read_text(encoding="utf-8")))
    # The lock is complete, so pip has nothing to resolve; wheels only, so it needs no compiler.
    options = ["--no-deps", "--only-binary", ":all:", "--retries", "2"]
    run_pip(venv, ["install", *options, "-r", str(lock.absolute())], progress, pins)
    progress.update("Packages installed", end=True)
    run_pip(venv, ["install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)], progress)
    run_pip(venv, ["check"], progress)
    shutil.rmtree(str(venv / "tmp"))
    progress.update("Environment ready", end=True)


def shown(path: Path) -> str:
    absolute = path.absolute()
    return str(absolute.relative_to(ROOT)) if ROOT in absolute.parents else str(path)


def ensure(venv: Path, lock: Path, requested: str) -> None:
    """Return when `venv` holds what `lock` and pyproject.toml say, on a supported Python."""
    pyproject = ROOT / "pyproject.toml"
    if not lock.is_file():
        raise SetupError(f"There is no {lock}. LOCK= takes requirements/lock.txt or oldest.txt.")
    wanted = fingerprint(lock, pyproject, venv)
    had, had_version = ready_with(venv)
    if had == wanted and not requested:
        return
    python, version = find_python(requested, *supported_versions(pyproject))
    if had == wanted and had_version == dotted(version):
        return
    print(f"Python {dotted(version)} ({shutil.which(python) or python})", flush=True)
    install(python, venv, lock)
    (venv / READY).write_text(f"{wanted} {dotted(version)}\n", encoding="utf-8")


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", type=Path, default=Path(".venv"), help="the folder to make")
    parser.add_argument("--lock", type=Path, default=Path("requirements/lock.txt"))
    parser.add_argument("--python", default="", help="the interpreter to use; else one is searched")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        ensure(options.venv, options.lock, options.python)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again: it starts over.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

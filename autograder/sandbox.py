"""Puts a kernel into a bubblewrap sandbox, where the machine has one.

Inside there is no network, no other process, and of the files only Python, the system's libraries,
the course's ``utils`` and one private folder. It protects the grader's machine and the other
hand-ins. It does not protect the score: checks still run in the learner's own process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = (
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives"),
    *("/etc/fonts", "/etc/localtime", "/etc/passwd", "/etc/group", "/sys/devices/system/cpu"),
)
_KEPT_VARIABLES = ("PATH", "LANG", "LANGUAGE", "TZ", "TERM", "PYTHONPATH", "NBGRADER_EXECUTION")
_KEPT_PREFIXES = ("LC_", "COURSE_", "KERAS_", "TF_", "OMP_", "MKL_", "OPENBLAS_", "PYTHONHASH")


@dataclass(frozen=True)
class Sandbox:
    """A bubblewrap that works on this machine.

    Attributes:
        program: The path of ``bwrap``.
    """

    program: str

    def command(self, command: Sequence[str], folder: Path, course: Path) -> list[str]:
        """Return the command that runs another one inside.

        Args:
            command: What to run.
            folder: The only folder that can be written, at the same path inside.
            course: The course's folder; only its ``utils`` is seen inside.
        """
        arguments = [self.program, "--unshare-all", "--die-with-parent", "--hostname", "sandbox"]
        arguments += [
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--tmpfs",
            "/tmp",
            "--ro-bind",
            "/usr",
            "/usr",
        ]
        for path in _SYSTEM:
            if Path(path).is_symlink():
                arguments += ["--symlink", str(Path(path).readlink()), path]
            else:
                arguments += ["--ro-bind-try", path, path]
        for path in (*_SETTINGS, *_python_folders(), str(course / "utils")):
            arguments += ["--ro-bind-try", path, path]
        arguments += ["--bind", str(folder), str(folder)]
        # A kernel given this variable ends when its parent is process 1; here it always is.
        arguments += ["--unsetenv", "JPY_PARENT_PID"]
        return [*arguments, "--", *command]

    def environment(self, variables: Mapping[str, str], folder: Path) -> dict[str, str]:
        """Return the variables that may be seen inside; the grader's own stay outside."""
        kept = {
            name: value
            for name, value in variables.items()
            if name in _KEPT_VARIABLES or name.startswith(_KEPT_PREFIXES)
        }
        return {**kept, "HOME": str(folder), "TMPDIR": "/tmp"}


def find_sandbox() -> Sandbox | None:
    """Return a sandbox if bubblewrap is on the path and may be used; None otherwise."""
    program = shutil.which("bwrap")
    if not program or not sys.platform.startswith("linux"):
        return None
    trial = [program, "--unshare-all", "--ro-bind", "/", "/", "true"]
    try:
        works = subprocess.run(trial, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Sandbox(program) if works else None


def _python_folders() -> list[str]:
    """Return the folders that this Python and its packages lie in."""
    packages = [path for path in sys.path if "site-packages" in path or "dist-packages" in path]
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, *packages}
    folders |= {os.path.realpath(folder) for folder in folders}
    return sorted(f for f in folders if f not in ("/", "/usr") and not f.startswith("/usr/"))

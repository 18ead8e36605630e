"""Runs the Keras lessons on Keras's other backends, and records that they ran.

The record, ``docs/backends.json``, says for each lesson and backend which code ran (the hash of
the lesson's execution), so a test can tell whether it still holds; ``docs/backends.md`` shows it.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course import Course, find_course
from autograder.digest import execution_digest
from autograder.execute import ExecutionError, environment, execute
from autograder.source import SourceNotebook, read_week, to_notebook

PAGE = "docs/backends.md"
BACKENDS = {"jax": "JAX", "torch": "PyTorch"}

PAGE_TEXT = """\
# Lessons on other backends

Every solution that uses Keras, run in quick mode on Keras's other backends: no cell failed, wrote
to standard error, or missed a point. Made by `make backends`; a test tells when it is out of date.

| lesson | backend | version | seconds |
|---|---|---|--:|
{rows}
"""


@dataclass(frozen=True)
class BackendRun:
    """One lesson that ran on one backend.

    Attributes:
        lesson: Its week and name, ``week1_convolutions/first_convnet``.
        backend: One of :data:`BACKENDS`.
        version: The backend's version.
        seconds: How long it took in quick mode.
        digest: The hash of what ran.
    """

    lesson: str
    backend: str
    version: str
    seconds: float
    digest: str

    @property
    def key(self) -> tuple[str, str]:
        """What the run is a run of."""
        return self.lesson, self.backend


def keras_lessons(course: Course) -> list[SourceNotebook]:
    """List the lessons whose setup cells import Keras."""
    sources = [source for week in course.weeks() for source in read_week(course.solutions / week)]
    return [source for source in sources if source.uses_keras]


def read_record(course: Course) -> list[BackendRun]:
    """Read the committed record; it is empty where none has been written."""
    path = _record(course)
    if not path.is_file():
        return []
    return [BackendRun(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def find_stale(course: Course) -> Iterator[str]:
    """Tell which lessons have not run on which backend as they stand.

    Args:
        course: The course.

    Yields:
        A line for each pair that is missing or out of date, and for each that is no longer there.
    """
    done = {run.key: run.digest for run in read_record(course)}
    for source in keras_lessons(course):
        digest = execution_digest(source, course)
        for backend, title in BACKENDS.items():
            if done.pop((_name(source), backend), None) != digest:
                yield f"{_name(source)} has not run on {title} as it stands"
    for lesson, backend in done:
        yield f"{lesson} on {backend} is recorded, and is not in the course"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``autograder backends``."""
    parser.add_argument("--check", action="store_true", help="run nothing; tell what would be run")
    parser.add_argument(
        "--backend", choices=BACKENDS, action="append", help="only this one; may be repeated"
    )
    parser.add_argument(
        "lessons", nargs="*", metavar="WEEK/LESSON", help="only these; all that changed by default"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run ``autograder backends``; return its exit status."""
    course = find_course()
    if arguments.check:
        stale = list(find_stale(course))
        print("\n".join(stale) or "every Keras lesson has run on every backend as it stands")
        return 1 if stale else 0
    _require(arguments.backend or BACKENDS)
    unknown = set(arguments.lessons) - {_name(source) for source in keras_lessons(course)}
    if unknown:
        print(f"no such Keras lesson: {', '.join(sorted(unknown))}")
        return 2
    failed = list(_run_all(course, arguments.backend or BACKENDS, arguments.lessons))
    print("\n".join(failed) or f"{PAGE}: up to date")
    return 1 if failed else 0


def _run_all(course: Course, backends: Iterable[str], only: Iterable[str]) -> Iterator[str]:
    """Run what is not up to date; yield what failed. Each result is kept as soon as it is there."""
    lessons = keras_lessons(course)
    names = {_name(source) for source in lessons}
    done = {run.key: run for run in read_record(course) if run.lesson in names}
    for source in [source for source in lessons if not only or _name(source) in only]:
        for backend in backends:
            digest, key = execution_digest(source, course), (_name(source), backend)
            if key in done and done[key].digest == digest:
                continue
            try:
                with environment(KERAS_BACKEND=backend):
                    seconds = execute(to_notebook(source), source.path.parent, quick=True)
            except ExecutionError as error:
                yield f"{_name(source)} on {BACKENDS[backend]}: {error}"
                continue
            version = importlib.metadata.version(backend)
            done[key] = BackendRun(*key, version, round(seconds, 1), digest)
            print(f"{_name(source)}: {BACKENDS[backend]} {version}, {seconds:.0f} s", flush=True)
            _write(course, [done[key] for key in sorted(done)])
    _write(course, [done[key] for key in sorted(done)])


def _write(course: Course, runs: list[BackendRun]) -> None:
    text = json.dumps([asdict(run) for run in runs], indent=1) + "\n"
    _record(course).write_text(text, encoding="utf-8")
    (course.root / PAGE).write_text(as_page(runs), encoding="utf-8")


def as_page(runs: Iterable[BackendRun]) -> str:
    """Lay the record out as a page for people."""
    rows = [
        f"| {run.lesson} | {BACKENDS[run.backend]} | {run.version} | {run.seconds:.0f} |"
        for run in runs
    ]
    return PAGE_TEXT.format(rows="\n".join(rows))


def _require(backends: Iterable[str]) -> None:
    for backend in backends:
        try:
            importlib.metadata.version(backend)
        except importlib.metadata.PackageNotFoundError:
            raise ExecutionError(
                f"{BACKENDS[backend]} is not installed here: `make backends` installs it and runs "
                "the lessons on it"
            ) from None


def _record(course: Course) -> Path:
    return course.root / "docs" / "backends.json"


def _name(source: SourceNotebook) -> str:
    return f"{source.week}/{source.name}"

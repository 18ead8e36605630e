"""Grades the red team's hand-ins in one batch and finds out what each of them achieved.

What to look for is laid out beforehand: secrets that must not be read, listeners that must not be
called, an honest neighbour behind each class of attacks. Every attack carries a mark of its own, so
that what is found afterwards can be told to be its work.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
import sysconfig
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from autograder.engine import Limits
from autograder.grade import grade_week
from autograder.results import HandInResult
from redteam.build import (
    WEEKS,
    Attack,
    Place,
    build_course,
    write_accomplice,
    write_hand_in,
    write_honest,
)

# Importing Keras takes most of what the models' cells need.
LIMITS = {
    "arrays": Limits(cell_seconds=4, own_seconds=6, notebook_seconds=20),
    "models": Limits(cell_seconds=40, own_seconds=10, notebook_seconds=120),
}

# What no learner may see: hidden text, and values that only hidden checks use.
HIDDEN = ("hidden-canary-51f0a7c3", "solution-canary-9c1e44d7")
VALUES = re.compile(r"48151\.6\d*|96303\.2\d*|48152\.6\d*")
SECRETS = {
    "the home": "home-canary-8d02b6f1",
    "the course's folder": "course-canary-2a77c0e9",
    "the environment": "environment-canary-c4f1583b",
    "another hand-in": "neighbour-canary-6be09d24",
}
FULL = {"arrays": 20.0, "models": 10.0}

# Where something could be left for others, outside of the folders that the trial makes.
_OPEN_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", sysconfig.get_path("purelib"))


@dataclass
class Verdict:
    """What one hand-in achieved; all lists are empty where the defence held.

    Attributes:
        earned: The points it got, by exercise.
        gained: How many of them it did not deserve.
        leaked: Hidden text or values that its author gets to read.
        touched: What it read, wrote, reached or left on the machine.
        affected: Other students whose results are not what they should be.
        active: What would run in the browser of who reads its feedback.
        seconds: How long its grading took.
        status: The line that the grader sees.
    """

    earned: dict[str, float] = field(default_factory=dict)
    gained: float = 0.0
    leaked: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    affected: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    seconds: float = 0.0
    status: str = ""


@dataclass(frozen=True)
class Batch:
    """All that one run found: a verdict by student, and what the neighbours got."""

    verdicts: dict[str, Verdict]
    neighbours: dict[str, float]
    output: Path


class Listeners:
    """Doors on the machine that nothing from inside a sandbox may reach."""

    def __init__(self, token: str, home: Path) -> None:
        self.heard: list[str] = []
        self._sockets = [
            self._bound(socket.AF_INET, ("127.0.0.1", 0)),
            self._bound(socket.AF_UNIX, f"\0{token}"),
            self._bound(socket.AF_UNIX, str(home / "door")),
        ]
        self.port = self._sockets[0].getsockname()[1]
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", self.port))
        for door in self._sockets:
            threading.Thread(target=self._accept, args=(door,), daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()

    @staticmethod
    def _bound(family: int, address: object) -> socket.socket:
        door = socket.socket(family, socket.SOCK_STREAM)
        door.bind(address)
        door.listen()
        return door

    def _accept(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = door.accept()
                with caller:
                    caller.settimeout(1)
                    try:
                        text = caller.recv(1000).decode("latin-1")
                    except OSError:
                        text = ""
                    self.heard.append(text or "a call without words")

    def _receive(self) -> None:
        with suppress(OSError):
            while True:
                text = self._datagrams.recv(1000).decode("latin-1")
                if not text:  # closed
                    return
                self.heard.append(text)

    def close(self) -> None:
        for door in (*self._sockets, self._datagrams):
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            door.close()


@dataclass(frozen=True)
class Trial:
    """One run: its folders, its attacks, and the mark of each."""

    root: Path
    attacks: Sequence[Attack]
    notebook: str
    token: str

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def course(self) -> Path:
        return self.root / "course"

    @property
    def submissions(self) -> Path:
        return self.root / "submissions"

    @property
    def output(self) -> Path:
        return self.root / "output"

    @property
    def watched(self) -> tuple[Path, ...]:
        """Folders that no hand-in's text belongs into."""
        return (self.home, self.course)

    def mark(self, attack: Attack) -> str:
        return f"{self.token}n{self.attacks.index(attack):03d}"

    def place(self, attack: Attack, student: str, port: int = 0) -> Place:
        words = {
            "HOME": self.home,
            "COURSE": self.course,
            "OUTPUT": self.output,
            "SUBMISSIONS": self.submissions,
            "TOKEN": self.token,
            "MARK": self.mark(attack),
            "PORT": port,
            "NEIGHBOUR": f"{attack.kind}-zz-neighbour",
        }
        folder = self.submissions / student
        strings = {word: str(value) for word, value in words.items()}
        return Place(self.submissions, folder, self.course, self.mark(attack), strings)

    def prepare(self, port: int) -> None:
        """Write the course, the secrets and all hand-ins."""
        build_course(self.course)
        for kind in {attack.kind for attack in self.attacks}:
            folder = self.submissions / f"{kind}-zz-neighbour"
            write_honest(self.course, self.notebook, folder)
            (folder / "diary.txt").write_text(SECRETS["another hand-in"])
        for attack in self.attacks:
            write_hand_in(attack, self.place(attack, attack.student, port))
            write_accomplice(attack, self.place(attack, f"{attack.student}-accomplice", port))

    def hide_secrets(self) -> None:
        self.home.mkdir(parents=True)
        (self.home / "secret.txt").write_text(SECRETS["the home"])
        (self.home / ".netrc").write_text(f"password {SECRETS['the home']}")
        self.course.mkdir()
        (self.course / "secret.txt").write_text(SECRETS["the course's folder"])


def run(root: Path, attacks: Sequence[Attack], notebook: str) -> Batch:
    """Grade hand-ins in one batch, with the public function, and judge each of them.

    Args:
        root: An empty folder.
        attacks: All of the same notebook.
        notebook: ``arrays`` or ``models``.

    Returns:
        What every hand-in achieved.
    """
    trial = Trial(root, attacks, notebook, f"redteam{secrets.token_hex(4)}")
    trial.hide_secrets()
    listeners = Listeners(trial.token, trial.home)
    environment = {
        "HOME": str(trial.home),
        "SECRET_TOKEN": SECRETS["the environment"],
        "COURSE_SECRET": SECRETS["the environment"],
    }
    try:
        trial.prepare(listeners.port)
        before = snapshot(trial.course), snapshot(trial.submissions)
        with patch.dict(os.environ, environment):
            results = grade_week(
                WEEKS[notebook],
                trial.submissions,
                output=trial.output,
                course=trial.course,
                limits=LIMITS[notebook],
            )
        changed = _differences(before[0], snapshot(trial.course)) + _differences(
            before[1], snapshot(trial.submissions)
        )
    finally:
        listeners.close()
    return _judge(trial, results, listeners.heard, changed)


# Judging -----------------------------------------------------------------------------------------


def _judge(
    trial: Trial, results: list[HandInResult], heard: list[str], changed: list[str]
) -> Batch:
    by_student = {result.student: result for result in results}
    booked = gradebook(trial.output, WEEKS[trial.notebook])
    traces = list(_traces(trial, heard))
    verdicts = {}
    for attack in trial.attacks:
        verdict = _verdict(trial, attack, by_student, booked)
        mark = trial.mark(attack)
        verdict.touched += [text for text in traces if mark in text]
        verdict.touched += _secrets_read(trial, attack)
        verdicts[attack.student] = verdict
        accomplice = by_student.get(f"{attack.student}-accomplice")
        if accomplice is not None and points(accomplice, booked) > 0:
            verdict.affected.append(f"{accomplice.student} got {points(accomplice, booked):g}")
    # What carries nobody's mark is everybody's.
    nobodys = [text for text in traces if trial.token not in text] + changed
    nobodys += [f"{name} got points" for name in _strangers(trial, by_student, booked)]
    neighbours = {
        student: points(result, booked)
        for student, result in by_student.items()
        if student.endswith("-zz-neighbour")
    }
    for attack in trial.attacks:
        verdict = verdicts[attack.student]
        verdict.touched += nobodys
        neighbour = f"{attack.kind}-zz-neighbour"
        earned = neighbours.get(neighbour, 0.0)
        row = sum(booked.get(neighbour, {}).values())
        if not earned == row == FULL[trial.notebook]:
            verdict.affected.append(f"{neighbour} got {earned:g}, {row:g} in the gradebook")
    return Batch(verdicts, neighbours, trial.output)


def _strangers(trial: Trial, results: dict[str, HandInResult], booked: dict) -> list[str]:
    """Return those with points whom the trial did not write, such as odd names that attacks use."""
    known = {attack.student for attack in trial.attacks}
    known |= {f"{student}-accomplice" for student in known}
    known |= {f"{attack.kind}-zz-neighbour" for attack in trial.attacks}
    earned = {name: result.earned for name, result in results.items()}
    for name, scores in booked.items():
        earned[name] = max(sum(scores.values()), earned.get(name, 0.0))
    return sorted(name for name in earned.keys() - known if earned[name] > 0)


def _verdict(
    trial: Trial, attack: Attack, results: dict[str, HandInResult], booked: dict
) -> Verdict:
    result = results.get(attack.student)
    verdict = Verdict()
    if result is not None:
        verdict.seconds, verdict.status = result.seconds, result.status
        verdict.earned = {e.exercise: e.earned for n in result.notebooks for e in n.exercises}
    for exercise, score in booked.get(attack.student, {}).items():
        verdict.earned[exercise] = max(score, verdict.earned.get(exercise, 0.0))
    verdict.gained = sum(
        max(0.0, score - attack.deserves.get(name, 0.0)) for name, score in verdict.earned.items()
    )
    pages = {path: _text(path) for path in files(trial.output / "feedback" / attack.student)}
    for path, text in pages.items():
        verdict.leaked += [f"{path.name}: {word}" for word in leaks(text)]
        verdict.active += [f"{path.name}: {what}" for what in active_content(text)]
    for record in (trial.output / "results").glob(f"*/{attack.student}.json"):
        verdict.leaked += [f"{record.name}: {word}" for word in leaks(_text(record))]
    return verdict


def leaks(text: str) -> list[str]:
    """Return what of the course's hidden text and values stands in a text."""
    return [word for word in HIDDEN if word in text] + sorted(set(VALUES.findall(text)))


def points(result: HandInResult, booked: dict[str, dict[str, float]]) -> float:
    """Return what a student got, in the results or in the gradebook, whichever is more."""
    return max(result.earned, sum(booked.get(result.student, {}).values()))


def gradebook(output: Path, week: str) -> dict[str, dict[str, float]]:
    """Return the gradebook's points, by student and exercise."""
    with Gradebook(f"sqlite:///{output / 'gradebook.db'}") as book:
        return {
            submission.student.id: {
                grade.name.removeprefix("check_"): float(grade.score)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in book.assignment_submissions(week)
        }


def _secrets_read(trial: Trial, attack: Attack) -> list[str]:
    """Find secrets in anything that grading wrote down about a hand-in."""
    written = [
        path
        for step in ("submitted", "autograded", "feedback")
        for path in files(trial.output / step / attack.student)
    ]
    written += (trial.output / "results").glob(f"*/{attack.student}.json")
    texts = [_text(path) for path in written]
    return [
        f"read a secret of {name}"
        for name, secret in SECRETS.items()
        if any(secret in text for text in texts)
    ]


def _traces(trial: Trial, heard: list[str]) -> Iterator[str]:
    """Yield what was left on the machine, each with the mark that it carries."""
    yield from (f"called from outside the sandbox: {text}" for text in heard)
    for attack in trial.attacks:
        mark = trial.mark(attack)
        yield from (f"a process is left: {line}" for line in processes(mark))
    for folder in _OPEN_FOLDERS:
        for entry in os.listdir(folder):
            if trial.token in entry:
                yield f"left {folder}/{entry}"
    for folder in trial.watched:
        for path in files(folder):
            if trial.token in path.name or trial.token in _text(path):
                yield f"wrote {path}: {_marks(trial.token, path.name + _text(path))}"
    for path in files(trial.output):
        if trial.token in path.name and trial.course not in path.parents:
            yield f"wrote {path}"
    if (trial.home / "secret.txt").read_text() != SECRETS["the home"]:
        yield "changed the secret in the home"


def _marks(token: str, text: str) -> str:
    return " ".join(sorted(set(re.findall(rf"{token}n\d+", text))))


def processes(word: str) -> list[str]:
    """Return the command lines of this machine's processes that carry a word there or in their
    environment.
    """
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) == os.getpid():
            continue
        with suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
            if word.encode() in line + (folder / "environ").read_bytes():
                found.append(f"{line.decode('utf-8', 'replace')} ({word})")
    return found


# Looking at pages --------------------------------------------------------------------------------

_RUNS = ("script", "iframe", "object", "embed", "svg", "form", "base", "link", "math", "applet")
_SAFE_LINK = re.compile(r"(https?://|mailto:|#|[\w./-]+$)", re.IGNORECASE)


def active_content(page: str) -> list[str]:
    """Return everything in a page of HTML that runs, loads or sends something."""
    soup = BeautifulSoup(page, "html.parser")
    found = [f"{tag.name}: {str(tag)[:80]}" for tag in soup.find_all(_RUNS)]
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else str(value)
            link = re.sub(r"[\s\x00-\x20]+", "", text)
            if name.startswith("on"):
                found.append(f"{tag.name} {name}")
            elif name in ("href", "src", "action", "xlink:href", "srcset", "background"):
                picture = tag.name == "img" and re.match(r"data:image/(png|jpeg);base64,", link)
                if not picture and not _SAFE_LINK.match(link):
                    found.append(f"{tag.name} {name}={text[:40]}")
            elif name == "style" and re.search(r"url\(|expression|@import", text, re.I):
                found.append(f"{tag.name} style={text[:40]}")
        if tag.name == "meta" and str(tag.get("http-equiv", "")).lower() == "refresh":
            found.append("a refresh")
    return found


# Files -------------------------------------------------------------------------------------------


def files(folder: Path) -> list[Path]:
    """Return the regular files below a folder; links are not followed."""
    return [
        Path(place) / name
        for place, _, names in os.walk(folder)
        for name in names
        if (Path(place) / name).is_file() and not (Path(place) / name).is_symlink()
    ]


def snapshot(folder: Path) -> dict[str, tuple]:
    """Return what tells whether anything below a folder was changed."""
    found = {}
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            status = os.lstat(Path(place) / name)
            moment = 0 if name in folders else status.st_mtime_ns
            found[str(Path(place) / name)] = (status.st_mode, status.st_size, moment)
    return found


def _differences(before: dict[str, tuple], after: dict[str, tuple]) -> list[str]:
    names = sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))
    return [f"changed {name}" for name in names if "__pycache__" not in name]


def _text(path: Path) -> str:
    if path.stat().st_size > 2**28:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


@contextmanager
def leftovers_removed(token_start: str = "redteam") -> Iterator[None]:
    """Remove what an attack left in folders of the machine."""
    try:
        yield
    finally:
        for folder in _OPEN_FOLDERS:
            for entry in os.listdir(folder):
                if re.fullmatch(rf".*{token_start}[0-9a-f]{{8}}n\d+.*", entry):
                    with suppress(OSError):
                        (Path(folder) / entry).unlink()


def by_notebook(attacks: Iterable[Attack]) -> dict[str, list[Attack]]:
    """Return the attacks by the notebook they hand in."""
    groups: dict[str, list[Attack]] = {name: [] for name in WEEKS}
    for attack in attacks:
        groups[attack.notebook].append(attack)
    return groups

"""Grades the red team's hand-ins with this grader and with stock nbgrader, and writes the table.

    python benchmarks/redteam.py                    # all attacks; writes docs/redteam.md
    python benchmarks/redteam.py --only equality    # one class; prints the table, writes nothing

Stock nbgrader is what ``nbgrader autograde`` and ``nbgrader generate_feedback`` do without any
setting but a time limit for cells. Each of its attacks gets a course of its own with one honest
neighbour, inside bubblewrap with a private /tmp, process table and network, so that the machine
that measures stays whole; "the host" is then what lies inside: a home, the course, the other
hand-ins, a listener on the loopback interface.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from nbgrader.apps import AutogradeApp, GenerateFeedbackApp  # noqa: E402
from redteam import trial  # noqa: E402
from redteam.build import (  # noqa: E402
    WEEKS,
    Attack,
    read_attacks,
    write_accomplice,
    write_hand_in,
    write_honest,
)
from redteam.trial import Trial, Verdict  # noqa: E402

PAGE = ROOT / "docs" / "redteam.md"
COLUMNS = {
    "gained": "gained points",
    "leaked": "hidden text leaked",
    "touched": "host touched",
    "affected": "others affected",
    "active": "runs in a browser",
}
# nbgrader's own settings, but for the time that a cell may take: as long as in ours.
_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "redteam"
c.CourseDirectory.source_directory = "solutions"
c.ExecutePreprocessor.timeout = {cell_seconds}
c.Execute.timeout = {cell_seconds}
"""
_SECONDS = {"arrays": 100, "models": 240}


# Ours --------------------------------------------------------------------------------------------


def grade_ours(attacks: Sequence[Attack], folder: Path) -> dict[str, Verdict]:
    """Grade all hand-ins with this course's grader, each notebook's in one batch."""
    verdicts = {}
    for notebook, group in trial.by_notebook(attacks).items():
        if group:
            root = folder / f"ours-{notebook}"
            root.mkdir()
            with trial.leftovers_removed():
                verdicts |= trial.run(root, group, notebook).verdicts
    return verdicts


# Stock nbgrader ----------------------------------------------------------------------------------


def grade_stock(attacks: Sequence[Attack], folder: Path, workers: int) -> dict[str, Verdict]:
    """Grade each hand-in with stock nbgrader, in a course of its own."""
    templates = {}
    for notebook in {attack.notebook for attack in attacks}:
        templates[notebook] = _template(folder / f"template-{notebook}", notebook)

    def one(attack: Attack) -> tuple[str, Verdict]:
        verdict = _stock_verdict(attack, templates[attack.notebook], folder)
        print(f"stock {attack.student}: {_words(verdict)} ({verdict.seconds:.0f} s)", flush=True)
        return attack.student, verdict

    with ThreadPoolExecutor(workers) as pool:
        return dict(pool.map(one, attacks))


def _template(root: Path, notebook: str) -> Path:
    """Make a course as nbgrader knows it, with its gradebook."""
    made = Trial(root, (), notebook, "")
    made.hide_secrets()
    trial.build_course(made.course)
    seconds = trial.LIMITS[notebook].cell_seconds
    (made.course / "nbgrader_config.py").write_text(_CONFIG.format(cell_seconds=seconds))
    command = ["nbgrader", "generate_assignment", WEEKS[notebook], "--create"]
    subprocess.run(
        command, cwd=made.course, env=_environment(made), check=True, capture_output=True
    )
    return root


def _environment(made: Trial) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "LANG": "C.UTF-8",
        "HOME": str(made.home),
        "PYTHONPATH": str(made.course),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "SECRET_TOKEN": trial.SECRETS["the environment"],
        "COURSE_SECRET": trial.SECRETS["the environment"],
    }


def _stock_verdict(attack: Attack, template: Path, folder: Path) -> Verdict:
    root = folder / f"stock-{attack.student}"
    begin = perf_counter()
    shutil.copytree(template, root)
    inside = [sys.executable, str(Path(__file__).resolve()), "--inside", str(root)]
    inside += [attack.student]
    result = root / "verdict.json"
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/"]
    command += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"]
    command += ["--ro-bind", str(ROOT), str(ROOT), "--ro-bind", sys.prefix, sys.prefix]
    command += ["--bind", str(root), str(root), "--chdir", str(root), "--", *inside]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(
            command, timeout=2 * _SECONDS[attack.notebook] + 60, capture_output=True, check=False
        )
    if result.is_file():
        verdict = Verdict(**json.loads(result.read_text()))
    else:
        verdict = Verdict(affected=["the grader did not come to an end"])
    shutil.rmtree(root, ignore_errors=True)
    return replace(verdict, seconds=perf_counter() - begin)


class _Stock(Trial):
    """A trial whose folders lie as nbgrader's."""

    @property
    def submissions(self) -> Path:
        return self.course / "submitted"

    @property
    def output(self) -> Path:
        return self.course

    @property
    def watched(self) -> tuple[Path, ...]:
        folders = ("solutions", "notebooks", "utils")
        return (self.home, *(self.course / name for name in folders))


def grade_inside(root: Path, student: str) -> None:
    """Run stock nbgrader on one attack and its neighbour; called inside the sandbox."""
    attack = next(attack for attack in read_attacks() if attack.student == student)
    week, neighbour = WEEKS[attack.notebook], f"{attack.kind}-zz-neighbour"
    made = _Stock(root, (attack,), attack.notebook, "redteam0123abcd")
    doors = trial.Listeners(made.token, made.home)
    place = made.place(attack, attack.student, doors.port)
    place.folder = made.submissions / student / week
    write_hand_in(attack, place)
    place.folder = made.submissions / f"{student}-accomplice" / week
    write_accomplice(attack, place)
    write_honest(made.course, attack.notebook, made.submissions / neighbour / week)
    diary = made.submissions / neighbour / week / "diary.txt"
    diary.write_text(trial.SECRETS["another hand-in"])
    watched = [made.course / name for name in ("solutions", "notebooks", "utils", "submitted")]
    before = [trial.snapshot(folder) for folder in watched]
    _run_stock(made, week, _SECONDS[attack.notebook])
    verdict = _judge(made, attack, doors.heard)
    for folder, earlier in zip(watched, before, strict=True):
        verdict.touched += trial._differences(earlier, trial.snapshot(folder))
    (root / "verdict.json").write_text(json.dumps(asdict(verdict)))


def _run_stock(made: Trial, week: str, seconds: float) -> None:
    """Run nbgrader's two commands in a process of their own, forked: its imports are done."""
    process = multiprocessing.get_context("fork").Process(target=_commands, args=(made, week))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()


def _commands(made: Trial, week: str) -> None:
    os.chdir(made.course)
    environment = _environment(made)
    os.environ.clear()
    os.environ.update(environment)
    for app, options in ((AutogradeApp, ["--create"]), (GenerateFeedbackApp, [])):
        with suppress(SystemExit):
            app.launch_instance(argv=[week, *options])
        app.clear_instance()


def _judge(made: _Stock, attack: Attack, heard: list[str]) -> Verdict:
    verdict, neighbour = Verdict(), f"{attack.kind}-zz-neighbour"
    booked = trial.gradebook(made.course, WEEKS[attack.notebook])
    verdict.earned = booked.get(attack.student, {})
    verdict.gained = sum(
        max(0.0, score - attack.deserves.get(name, 0.0)) for name, score in verdict.earned.items()
    )
    shown = _outputs(made.course / "autograded" / attack.student)
    # nbgrader's feedback prints all hidden checks; counted is only what a hand-in brought out.
    verdict.leaked = trial.leaks(shown)
    verdict.touched = list(trial._traces(made, heard))
    verdict.touched += [f"read {name}" for name, word in trial.SECRETS.items() if word in shown]
    usual = _active(made.course / "feedback" / neighbour)
    # Where the neighbour has no page, nothing tells nbgrader's own scripts from others.
    found = _active(made.course / "feedback" / attack.student) if usual else set()
    verdict.active = sorted(found - usual)
    for student, full in (
        (neighbour, trial.FULL[attack.notebook]),
        (f"{attack.student}-accomplice", 0),
    ):
        earned = sum(booked.get(student, {}).values())
        if earned != full and (student == neighbour or earned > 0):
            verdict.affected.append(f"{student} got {earned:g}")
    return verdict


def _outputs(folder: Path) -> str:
    """Return all outputs in a student's autograded notebooks, as text."""
    texts = []
    for path in folder.glob("**/*.ipynb"):
        with suppress(ValueError, OSError):
            cells = json.loads(path.read_text(encoding="utf-8", errors="replace"))["cells"]
            texts += [json.dumps(c.get("outputs", []), ensure_ascii=False) for c in cells]
    return "\n".join(texts)


def _active(folder: Path) -> set[str]:
    return {
        found
        for path in folder.glob("**/*.html")
        for found in trial.active_content(path.read_text(encoding="utf-8", errors="replace"))
    }


# The table ---------------------------------------------------------------------------------------


def _words(verdict: Verdict) -> str:
    """Say in a few words what an attack achieved."""
    found = [words for name, words in COLUMNS.items() if getattr(verdict, name)]
    return ", ".join(found) or "nothing"


def page(attacks: Sequence[Attack], ours: dict, stock: dict) -> str:
    """Lay out the results as a page of Markdown."""
    hostile = [attack for attack in attacks if not attack.is_control]
    controls = [attack for attack in attacks if attack.is_control]
    lines = [
        "# The red team",
        "",
        "This page is written by `python benchmarks/redteam.py`; do not edit it by hand.",
        "",
        f"{len(hostile)} hostile hand-ins (`tests/redteam/`), graded by this course's grader and "
        f"by stock nbgrader {version('nbgrader')}. A number says how many attacks of the class "
        "succeeded at what the column says; each was meant to do nothing at all. nbgrader prints "
        "all hidden checks into its feedback; what is counted as leaked is only what a hand-in "
        "brought out by itself.",
        "",
        "| class | attacks | " + " | ".join(f"{w}: ours / stock" for w in COLUMNS.values()) + " |",
        "|---|---:|" + "---:|" * len(COLUMNS),
    ]
    kinds = sorted({attack.kind for attack in hostile})
    for kind in [*kinds, "all"]:
        group = [a for a in hostile if kind in (a.kind, "all")]
        numbers = [_numbers(group, name, ours, stock) for name in COLUMNS]
        lines.append(f"| {kind} | {len(group)} | " + " | ".join(numbers) + " |")
    lines += ["", "Honest hand-ins that look odd, points of what they deserve:", ""]
    lines += ["| control | ours | stock |", "|---|---:|---:|"]
    for attack in controls:
        due = sum(attack.deserves.values())
        got = [sum(side[attack.student].earned.values()) for side in (ours, stock)]
        lines.append(f"| {attack.name} | {got[0]:g} of {due:g} | {got[1]:g} of {due:g} |")
    seconds = [
        sum(side[a.student].seconds for a in attacks) / len(attacks) for side in (ours, stock)
    ]
    lines += [
        "",
        f"Seconds for a hand-in, on average: ours {seconds[0]:.1f}, stock {seconds[1]:.1f} "
        "(with its neighbour and the start of its commands).",
        "",
        "## Every attack",
        "",
        "| attack | what it tries | ours | stock |",
        "|---|---|---|---|",
    ]
    for attack in hostile:
        cells = (_words(ours[attack.student]), _words(stock[attack.student]))
        what = attack.what.replace("|", "\\|")
        lines.append(f"| {attack.kind}/{attack.name} | {what} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def _numbers(group: Sequence[Attack], name: str, ours: dict, stock: dict) -> str:
    counts = [sum(bool(getattr(side[a.student], name)) for a in group) for side in (ours, stock)]
    return f"{counts[0]} / {counts[1]}"


def main() -> int:
    """Run the benchmark.

    Returns:
        0 when no attack on this course's grader achieved anything, else 1.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="CLASS", nargs="+", help="some classes; writes no page")
    parser.add_argument("--workers", type=int, default=2, help="stock gradings at once")
    parser.add_argument("--inside", nargs=2, metavar=("ROOT", "STUDENT"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        grade_inside(Path(args.inside[0]), args.inside[1])
        return 0
    attacks = [a for a in read_attacks() if not args.only or a.kind in args.only]
    with tempfile.TemporaryDirectory(prefix="redteam-") as folder:
        ours = grade_ours(attacks, Path(folder))
        stock = grade_stock(attacks, Path(folder), args.workers)
    text = page(attacks, ours, stock)
    if args.only:
        print(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return int(any(_words(ours[a.student]) != "nothing" for a in attacks if not a.is_control))


if __name__ == "__main__":
    raise SystemExit(main())

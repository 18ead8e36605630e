"""Hostile hand-ins gain nothing, learn nothing and touch nothing; odd but honest ones keep all."""

import socket
import subprocess
import sys
import time
from collections import Counter

import pytest
from mini_course import Work
from redteam import trial
from redteam.build import Place, apply_cells, build_course, read_attacks
from redteam.trial import FULL, active_content, leaks

from autograder.sandbox import find_sandbox

CLASSES = {
    "equality": "fake equality and arrays",
    "shadow": "shadowed names and patched libraries",
    "hooks": "hooks into IPython, import, audit, exit, signals, threads, garbage collection",
    "frames": "frames, history, memory, environment, file system",
    "models": "lying Keras models",
    "codec": "the codec and the wire",
    "cells": "cell ids, points, types, metadata, order, duplicates, deletions",
    "files": "links, devices, pipes, sparse files, archives, names",
    "resources": "time, memory, processes, output, disk",
    "silence": "no output, no answer, no error",
    "browser": "HTML, SVG and scripts for the reader's browser",
    "others": "what is left for the next hand-in",
    "gradebook": "the gradebook and the records",
    "network": "the network",
}
ATTACKS = [attack for attack in read_attacks() if not attack.is_control]
CONTROLS = [attack for attack in read_attacks() if attack.is_control]

needs_sandbox = pytest.mark.skipif(
    find_sandbox() is None, reason="attacks run only where bubblewrap (bwrap) works"
)


@pytest.fixture(scope="session")
def batches(tmp_path_factory):
    """Grade all hand-ins, each notebook's in one batch."""
    with trial.leftovers_removed():
        yield {
            notebook: trial.run(tmp_path_factory.mktemp(notebook), group, notebook)
            for notebook, group in trial.by_notebook(read_attacks()).items()
        }


def named(attacks):
    return pytest.mark.parametrize("attack", attacks, ids=[f"{a.kind}-{a.name}" for a in attacks])


@needs_sandbox
@named(ATTACKS)
def test_an_attack_achieves_nothing(attack, batches):
    verdict = batches[attack.notebook].verdicts[attack.student]
    assert verdict.gained == 0, f"got {verdict.earned}"
    assert not verdict.active, "runs in a reader's browser"
    if "hidden text in feedback" in attack.must_not:
        assert not verdict.leaked
    if "host touched" in attack.must_not:
        assert not verdict.touched
    if "others affected" in attack.must_not:
        assert not verdict.affected


@needs_sandbox
@named([attack for attack in ATTACKS if attack.deserves])
def test_the_honest_part_of_an_attack_keeps_its_points(attack, batches):
    earned = batches[attack.notebook].verdicts[attack.student].earned
    assert {name: earned[name] for name in attack.deserves} == dict(attack.deserves)


@needs_sandbox
@named(CONTROLS)
def test_an_odd_but_honest_hand_in_keeps_all_its_points(attack, batches):
    verdict = batches[attack.notebook].verdicts[attack.student]
    assert {name: score for name, score in verdict.earned.items() if score} == attack.deserves
    assert sum(attack.deserves.values()) == FULL[attack.notebook]
    assert not (verdict.touched or verdict.affected or verdict.active)


@needs_sandbox
@pytest.mark.parametrize("notebook", FULL)
def test_every_neighbour_keeps_all_points(notebook, batches):
    batch = batches[notebook]
    kinds = {attack.kind for attack in read_attacks() if attack.notebook == notebook}
    assert batch.neighbours == {f"{kind}-zz-neighbour": FULL[notebook] for kind in kinds}


def test_every_class_is_attacked():
    counted = Counter(attack.kind for attack in ATTACKS)
    assert set(counted) == set(CLASSES)
    assert min(counted.values()) >= 4
    assert len(ATTACKS) >= 50


@named(ATTACKS + CONTROLS)
def test_an_attack_says_what_it_tries(attack):
    assert attack.what.endswith(".")
    assert attack.must_not
    for path in attack.folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not leaks(text), "a hand-in that holds a canary would find it in its own text"


# What is looked at would be noticed --------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        "<script>x</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='java\tscript:x'>y</a>",
        "<a href='data:text/html,x'>y</a>",
        "<svg onload=x></svg>",
        "<iframe srcdoc=x></iframe>",
        "<meta http-equiv='refresh' content='0'>",
        "<p style='background:url(x)'>y</p>",
        "<img src='http:x'>",
    ],
)
def test_active_content_is_noticed(page):
    assert active_content(f"<p>words</p>{page}")


def test_a_page_at_rest_is_no_alarm():
    picture = "<img src='data:image/png;base64,AAAA' alt='x'>"
    page = f"<h1 id='a'>x</h1><a href='#a'>y</a><a href='https://numpy.org'>z</a>{picture}"
    assert not active_content(f"{page}&lt;script&gt;<style>p {{}}</style>")


def test_leaks_are_noticed():
    assert leaks("expected = 2 * secret  # hidden-canary-51f0a7c3")
    assert leaks("[48151.623, 48151.623]") == ["48151.623"]
    assert not leaks("48151")


def test_the_canaries_stand_in_the_course_and_not_in_what_learners_get(tmp_path):
    course = build_course(tmp_path)
    for folder, found in (("solutions", True), ("notebooks", False)):
        for path in (course / folder).glob("*/*.ipynb"):
            assert bool(leaks(path.read_text(encoding="utf-8"))) is found


def test_a_call_a_process_and_a_file_are_noticed(tmp_path):
    (tmp_path / "home").mkdir()
    doors = trial.Listeners("redteamtest", tmp_path / "home")
    before = trial.snapshot(tmp_path)
    child = subprocess.Popen([sys.executable, "-c", "input()", "redteamtest"], stdin=-1)
    try:
        with socket.create_connection(("127.0.0.1", doors.port)) as caller:
            caller.sendall(b"tcp")
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect("\0redteamtest")
            caller.sendall(b"abstract")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
            caller.sendto(b"datagram", ("127.0.0.1", doors.port))
        (tmp_path / "home" / "new").write_text("x")
        end = time.monotonic() + 10
        while len(doors.heard) < 3 and time.monotonic() < end:
            time.sleep(0.01)
        assert sorted(doors.heard) == ["abstract", "datagram", "tcp"]
        assert trial.processes("redteamtest")
        assert trial.snapshot(tmp_path) != before
    finally:
        doors.close()
        child.communicate()
    assert not trial.processes("redteamtest")


def test_a_header_that_cannot_be_understood_is_an_error(tmp_path):
    work = Work(build_course(tmp_path), "arrays", "week1_red")
    with pytest.raises(ValueError, match="header"):
        apply_cells(work, '# %% exercis="double"\nx = 1\n')
    place = Place(tmp_path, tmp_path, tmp_path, "m", {"HOME": "/home/me"})
    assert place.fill_in("@HOME@/x @OTHER@") == "/home/me/x @OTHER@"

"""Opens graded pages of a hostile hand-in in Chromium and tells whether anything of it ran.

    python tools/try_formgrader.py [--chromium /usr/bin/chromium]

A small course is built and a hand-in graded whose Markdown and outputs are full of scripts, event
handlers, SVG and ``javascript:`` links. Then a Jupyter server with nbgrader's formgrader is started
on this machine alone, and headless Chromium opens these pages:

* formgrader's page of the hand-in as `autograder grade` wrote it: nothing may fire;
* formgrader's lists of hand-ins and of students;
* the page of feedback, as a learner opens it from her disk;
* formgrader's page with what stock nbgrader would show: here the canary must fire, or the trial
  proves nothing.

A canary sets an attribute of the page; Chromium is asked for the page's tree after all its scripts
and pictures. Attributes and scripts that hold the canary, and frames, are looked for too: some wait
for a click. The exit status is 0 when the pages are clean and the unprotected one was not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import nbformat  # noqa: E402
from bs4 import BeautifulSoup  # noqa: E402
from mini_course import WEEK, Work, build_mini_course  # noqa: E402
from nbformat.v4 import new_markdown_cell, new_output  # noqa: E402
from nbgrader.api import Gradebook  # noqa: E402

from autograder.grade import grade_week  # noqa: E402

CANARY = "document.documentElement.setAttribute('data-pwned',document.title='pwned')"
MARKDOWN = f"""
<script>{CANARY}</script>
<img src=x onerror="{CANARY}">
<svg onload="{CANARY}"><script>{CANARY}</script></svg>
<iframe srcdoc="<script>parent.{CANARY}</script>"></iframe>
<details open ontoggle="{CANARY}">x</details>
<input autofocus onfocus="{CANARY}">
<style onload="{CANARY}"></style>
<base href="https://example.invalid/">

[go](javascript:{CANARY}) ![x](javascript:{CANARY}) <a href="javascript:{CANARY}">go</a>

````
</textarea></pre></code><script>{CANARY}</script>

$$</div><script>{CANARY}</script>$$ $\\href{{javascript:{CANARY}}}{{x}}$
"""
PRINTS = f"""
from IPython.display import HTML, SVG, Javascript, Markdown, display
display(HTML('''<script>{CANARY}</script><img src=x onerror="{CANARY}">'''))
display(Javascript('''{CANARY}'''))
display(Markdown('''{MARKDOWN}'''))
display(SVG('''<svg xmlns="http://www.w3.org/2000/svg" onload="{CANARY}"/>'''))
display({{"image/png": '''"><script>{CANARY}</script>'''}}, raw=True)
print('''<script>{CANARY}</script>''')
"""
RAISES = f"""
def shift(x):
    raise ValueError('''<script>{CANARY}</script>''')
raise TypeError('''</pre><img src=x onerror="{CANARY}">''')
"""

CHROMIUM = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--virtual-time-budget=8000", "--timeout=30000", "--dump-dom"),
)


def main() -> int:
    """Run the trial and print a line for each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    parser.add_argument("--keep", action="store_true", help="keep the folder and say where it is")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="formgrader"))
    try:
        return 0 if trial(folder, arguments.chromium) else 1
    finally:
        if arguments.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def trial(folder: Path, chromium: str) -> bool:
    """Grade, serve, look. Returns whether all was as it must be."""
    output = graded(folder)
    page = output / "feedback" / "mallory" / WEEK / "arrays.html"
    autograded = output / "autograded" / "mallory" / WEEK / "arrays.ipynb"
    with Server(output) as base:
        with Gradebook(f"sqlite:///{output / 'gradebook.db'}") as gradebook:
            number = gradebook.find_submission_notebook("arrays", WEEK, "mallory").id
        submission = f"{base}/formgrader/submissions/{number}/"
        lists = ("formgrader, list of hand-ins", "formgrader, students")
        pages = {
            "formgrader, as graded": submission,
            "formgrader, list of hand-ins": f"{base}/formgrader/gradebook/{WEEK}/arrays",
            "formgrader, students": f"{base}/formgrader/manage_students",
            "feedback": page.as_uri(),
        }
        clean = [
            report(name, url, folder, chromium, shows=name not in lists)
            for name, url in pages.items()
        ]
        ours = autograded.read_bytes()
        nbformat.write(hostile(nbformat.reads(ours.decode(), as_version=4)), autograded)
        fires = not report("formgrader, unprotected (must fire)", submission, folder, chromium)
        autograded.write_bytes(ours)
    return all(clean) and fires


def graded(folder: Path) -> Path:
    """Grade the hostile hand-in; return the folder of the results."""
    course = build_mini_course(folder / "course")
    work = Work(course).fill(double=True, shift=RAISES)
    work.add(PRINTS, after="double").add(MARKDOWN, after="double", kind="markdown")
    work.node.metadata["title"] = f"</title><script>{CANARY}</script>"
    work.node.metadata["widgets"] = {"x": f"</script><script>{CANARY}</script>"}
    work.hand_in(folder / "hand_ins" / "mallory")
    output = folder / "grading"
    grade_week(WEEK, folder / "hand_ins", output=output, course=course)
    return output


def hostile(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Put back what stock nbgrader would have left in the notebook."""
    notebook.cells.insert(1, new_markdown_cell(MARKDOWN))
    html = {"text/html": f"<script>{CANARY}</script>"}
    next(c for c in notebook.cells if c.cell_type == "code").outputs = [
        new_output("display_data", html)
    ]
    return notebook


class Server:
    """A Jupyter server with formgrader, reachable from this machine alone."""

    def __init__(self, output: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.output = output

    def __enter__(self) -> str:
        (self.output / "nbgrader_config.py").write_text(
            "c = get_config()\n"
            f"c.CourseDirectory.root = {str(self.output)!r}\n"
            f"c.CourseDirectory.db_url = 'sqlite:///{self.output / 'gradebook.db'}'\n"
        )
        private = self.output / ".jupyter"
        command = [sys.executable, "-m", "jupyter_server", f"--port={self.port}", "--no-browser"]
        command += ["--ip=127.0.0.1", "--allow-root", "--IdentityProvider.token="]
        command += [f"--ServerApp.root_dir={self.output}"]
        extension = "nbgrader.server_extensions.formgrader"
        command += [f"--ServerApp.jpserver_extensions={{'{extension}': True}}"]
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        environment = {**os.environ, **{name: str(private / name) for name in names}}
        path = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
        environment["PATH"] = os.pathsep.join(path)
        self.log = (self.output / "server.log").open("w")
        self.process = subprocess.Popen(
            command, cwd=self.output, env=environment, stdout=self.log, stderr=self.log
        )
        base = f"http://127.0.0.1:{self.port}"
        for _ in range(120):
            try:
                with urllib.request.urlopen(f"{base}/api", timeout=2):
                    return base
            except OSError:
                time.sleep(0.5)
            if self.process.poll() is not None:
                break
        self.__exit__()
        raise SystemExit(f"the server did not start: {(self.output / 'server.log').read_text()}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def report(name: str, url: str, folder: Path, chromium: str, shows: bool = False) -> bool:
    """Open a page, print what was found, and return whether nothing was.

    With ``shows`` the page must show the hand-in's scripts as text.
    """
    with tempfile.TemporaryDirectory(dir=folder) as profile:
        command = [chromium, *CHROMIUM, f"--user-data-dir={profile}", url]
        result = subprocess.run(command, capture_output=True, timeout=120, check=False)
    tree = BeautifulSoup(result.stdout.decode("utf-8", "replace"), "html.parser")
    problems = found(tree)
    if len(tree.get_text()) < 20 or "404" in (tree.title.get_text() if tree.title else ""):
        problems.append("the page did not open")
    if shows and "data-pwned" not in "".join(pre.get_text() for pre in tree.find_all("pre")):
        problems.append("the page does not show the hand-in")
    print(f"{name}: {'; '.join(problems) or 'nothing ran, nothing waits for a click'}", flush=True)
    return not problems


def found(tree: BeautifulSoup) -> list[str]:
    """Name what of the hand-in ran, or would run on a click."""
    problems = []
    if tree.html and tree.html.get("data-pwned"):
        problems.append("the canary FIRED")
    for tag in tree.find_all(True):
        if tag.name != "html" and any("data-pwned" in str(v) for v in tag.attrs.values()):
            problems.append(f"<{tag.name}> with a script of the hand-in")
        if tag.name in ("iframe", "object", "embed", "base"):
            problems.append(f"<{tag.name}>")
        if tag.name == "script" and "data-pwned" in tag.get_text():
            problems.append("<script> of the hand-in")
    return sorted(set(problems))


if __name__ == "__main__":
    sys.exit(main())

"""Nothing that a hand-in brings runs as a script in formgrader's pages; tools/try_formgrader.py
opens them in a browser, here its own exporter's HTML is looked at."""

import base64
import warnings
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from mini_course import WEEK, Work, build_mini_course
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from autograder.course import Course
from autograder.coursework import load_week
from autograder.feedback import FeedbackExporter
from autograder.harmless import fenced, harmless, original_text
from autograder.intake import read_notebook
from autograder.rebuild import rebuild

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from nbgrader.server_extensions.formgrader import handlers

pytestmark = [
    pytest.mark.filterwarnings("ignore:No lexer found"),
    pytest.mark.filterwarnings("ignore:Your element with mimetype"),
]

CANARY = "CANARY()"
HOSTILE = f"""
<script>{CANARY}</script>
<img src=x onerror="{CANARY}"><svg onload="{CANARY}"></svg>
<iframe srcdoc="<script>{CANARY}</script>"></iframe>

[go](javascript:{CANARY}) ![x](javascript:{CANARY}) <a href="javascript:{CANARY}">x</a>

```
</code></pre><script>{CANARY}</script>

$$</div><script>{CANARY}</script>$$ $\\href{{javascript:{CANARY}}}{{x}}$
````
<style>@import "javascript:{CANARY}"</style>
"""
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n not really").decode()
RESOURCES = {
    "assignment_id": WEEK,
    "notebook_id": "arrays",
    "submission_id": "1",
    "index": 0,
    "total": 1,
    "base_url": "",
    "student": "eve",
    "last_name": None,
    "first_name": None,
    "notebook_path": "arrays.ipynb",
}


@pytest.fixture(scope="module")
def exporter():
    """Formgrader's exporter, set up as formgrader does it."""
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    return HTMLExporter(config=config)


def page_of(exporter, notebook):
    html, _ = exporter.from_notebook_node(notebook, resources=dict(RESOURCES))
    return BeautifulSoup(html, "html.parser")


def running(page):
    """Return every tag that holds the canary elsewhere than in text that is shown."""
    found = []
    for tag in page.find_all(True):
        attributes = " ".join(f"{key}={value}" for key, value in tag.attrs.items())
        if CANARY in attributes or (tag.name in ("script", "style") and CANARY in tag.get_text()):
            found.append(str(tag)[:200])
    return found


def own(cell):
    cell.metadata["course"] = {"kind": "own"}
    return cell


def hostile_outputs():
    script = f"<script>{CANARY}</script>"
    metadata = {"image/png": {"width": f'1" onload="{CANARY}'}, "alt": f'"><img onerror={CANARY}>'}
    return [
        new_output("display_data", {"text/html": script}),
        new_output("display_data", {"image/svg+xml": f'<svg onload="{CANARY}"></svg>'}),
        new_output("display_data", {"application/javascript": CANARY}),
        new_output("display_data", {"text/markdown": HOSTILE}),
        new_output("display_data", {"text/latex": f"$$</div>{script}$$"}),
        new_output("display_data", {"image/png": f'"><img src=x onerror="{CANARY}">'}),
        new_output("display_data", {"image/jpeg": PIXEL + '" onload="' + CANARY}),
        new_output("display_data", {"image/png": PIXEL}, metadata=metadata),
        new_output("execute_result", {"text/plain": script, "text/html": script}),
        new_output(
            "stream", name="stdout", text=f"{script}\x1b[31m{script}\x1b]8;;javascript:x\x07"
        ),
        new_output("error", ename=script, evalue=script, traceback=[f"\x1b[0;31m{script}"]),
        new_output(
            "display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": script}}
        ),
    ]


def hostile_notebook():
    state = {"application/vnd.jupyter.widget-state+json": {"state": {}, "x": f"</script>{CANARY}"}}
    bad = {"title": f"</title><script>{CANARY}</script>", "widgets": state}
    cells = [own(new_markdown_cell(HOSTILE))]
    cells.append(own(new_code_cell(f"# <script>{CANARY}</script>", outputs=hostile_outputs())))
    cells[1].metadata["magics_language"] = f'"><script>{CANARY}</script>'
    cells.append(own(new_markdown_cell("![x](attachment:x.svg)")))
    svg = base64.b64encode(f"<svg onload='{CANARY}'/>".encode()).decode()
    cells[2]["attachments"] = {"x.svg": {"image/svg+xml": svg}}
    return new_notebook(cells=cells, metadata=bad)


def test_the_canary_would_run_without_us(exporter):
    assert len(running(page_of(exporter, hostile_notebook()))) > 8


def test_nothing_runs_in_formgraders_page(exporter):
    page = page_of(exporter, harmless(hostile_notebook()))
    assert running(page) == []
    body = page.find(id="notebook-container")
    assert not body.find_all(
        ["script", "iframe", "svg", "style", "object", "embed", "form", "base"]
    )
    assert not body.find_all("a", href=True)
    text = body.get_text()
    assert "![x](javascript:CANARY())" in text  # shown, as text
    assert "# <script>CANARY()</script>" in text
    (picture,) = body.find_all("img")
    assert picture["src"] == f"data:image/png;base64,{PIXEL}"


def test_a_hand_in_goes_through_all_steps(exporter, tmp_path):
    course = build_mini_course(tmp_path)
    work = Work(course).fill(double=f"# </pre><script>{CANARY}</script>\ndef double(x): return x")
    work.add(HOSTILE, after="double", kind="markdown").add(HOSTILE, after="check_double")
    work.node.metadata["title"] = f"</title><script>{CANARY}</script>"
    work.cell("double").metadata["tags"] = [f'"><script>{CANARY}</script>']
    cells = read_notebook(work.hand_in(tmp_path / "eve"))
    notebook = load_week(Course(course), WEEK).notebooks[0]
    node = rebuild(notebook, cells).node
    before = nbformat.writes(node)
    safe = harmless(node)
    assert nbformat.writes(node) == before  # the notebook that was given stays as it is
    nbformat.validate(safe)
    assert running(page_of(exporter, node)) and not running(page_of(exporter, safe))
    for old, new in zip(node.cells, safe.cells, strict=True):
        assert (old.get("id"), old.cell_type) == (new.get("id"), new.cell_type)
        assert old.metadata.get("nbgrader") == new.metadata.get("nbgrader")
        if old.metadata.course.kind != "own":
            assert old.source == new.source
    # nbgrader and feedback still read it
    assert safe.metadata.course == node.metadata.course
    note = next(c for c in safe.cells if "original" in c.metadata.course)
    assert original_text(note) == HOSTILE.strip("\n") or original_text(note) == HOSTILE


def test_twice_is_as_good_as_once():
    once = harmless(hostile_notebook())
    assert nbformat.writes(harmless(once)) == nbformat.writes(once)


def test_a_note_that_pretends_to_be_safe_makes_nothing_run(exporter):
    cell = own(new_markdown_cell(HOSTILE))
    cell.metadata.course["original"] = "harmless"
    page = page_of(exporter, harmless(new_notebook(cells=[cell])))
    assert running(page) == []


def test_a_raw_cell_is_text_too(exporter):
    raw = nbformat.v4.new_raw_cell(HOSTILE, metadata={"raw_mimetype": "text/html"})
    assert running(page_of(exporter, harmless(new_notebook(cells=[own(raw)])))) == []


def test_feedback_shows_a_learners_note_as_she_wrote_it():
    node = harmless(
        new_notebook(cells=[own(new_markdown_cell(f"*hello* <script>{CANARY}</script>"))])
    )
    scores = {"notebook": "arrays", "score": 0.0, "max_score": 1.0}
    html, _ = FeedbackExporter().from_notebook_node(node, resources={"nbgrader": scores})
    page = BeautifulSoup(html, "html.parser")
    assert page.find("em").get_text() == "hello" and not page.find("script")


PIECES = st.sampled_from(
    [
        *(
            "`",
            "``",
            "```",
            "~~~",
            "\n",
            "\n\n",
            "    ",
            "\t",
            "\r",
            "\x0b",
            "\x0c",
            "\x85",
            "\u2028",
        ),
        *(
            "<script>",
            "</pre>",
            "<b onclick=x>",
            "[a](javascript:b)",
            "$$",
            "\\begin{x}",
            ">",
            "- ",
        ),
    ]
)


@settings(max_examples=300, deadline=2000)
@given(text=st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join))
def test_any_text_is_shown_as_text(text):
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    page = BeautifulSoup(markdown2html_mistune(fenced(text)), "html.parser")
    assert {tag.name for tag in page.find_all(True)} <= {"pre", "code"}
    assert len(page.find_all("code")) == 1
    assert not any(set(tag.attrs) - {"class"} for tag in page.find_all(True))


def test_the_browser_trial_still_finds_its_parts():
    """The script is run by hand; what it imports must at least be there."""
    source = Path(__file__).parent.parent / "tools" / "try_formgrader.py"
    compile(source.read_text(encoding="utf-8"), str(source), "exec")

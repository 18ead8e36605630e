"""Take the README's picture of a check's table, in JupyterLab, with a wrong answer to one exercise.

For maintainers, when the table's look changes. It needs a Chromium, its driver and the package
selenium, which the course itself does not need::

    python tools/screenshot_checks.py --chromium /usr/bin/chromium --driver /usr/bin/chromedriver
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from autograder.course import find_course
from autograder.samples import read_sample
from autograder.source import CHECK_PREFIX

WEEK, NAME, EXERCISE = "week1_convolutions", "convolution_from_scratch", "conv_forward"
ANSWER = "wrong_height_width_swapped"
PORT = 9937


def small_notebook(course, folder):
    """Cut the lesson down to its setup cells, the exercises up to one, and that one's check."""
    notebook = nbformat.read(course.solutions / WEEK / f"{NAME}.ipynb", as_version=4)
    samples = course.root / "tests" / "submissions" / WEEK / NAME / EXERCISE
    kept = []
    for cell in notebook.cells:
        grader = cell.metadata.get("nbgrader", {})
        name = grader.get("grade_id", "")
        if name == EXERCISE:
            cell.source = read_sample(samples / f"{ANSWER}.py").text
        if name and (not grader["grade"] or name == CHECK_PREFIX + EXERCISE):
            cell.outputs, cell.execution_count = [], None
            kept.append(cell)
        if name == CHECK_PREFIX + EXERCISE:
            break
    learners = nbformat.read(course.notebooks / WEEK / f"{NAME}.ipynb", as_version=4)
    kept[-1].source = next(c.source for c in learners.cells if c.id == kept[-1].id)
    notebook.cells = kept
    nbformat.write(notebook, folder / "checks.ipynb")


def serve(folder):
    """Start JupyterLab on the folder and wait until it answers."""
    options = ["--no-browser", f"--port={PORT}", f"--ServerApp.root_dir={folder}"]
    options += ["--IdentityProvider.token=", "--LabApp.news_url=None"]
    if os.getuid() == 0:
        options.append("--allow-root")
    server = subprocess.Popen([sys.executable, "-m", "jupyter", "lab", *options])
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api", timeout=2).close()
            return server
        except OSError:
            time.sleep(0.5)
    server.terminate()
    raise SystemExit("JupyterLab did not start")


def browser(chromium, driver, profile):
    """Start a headless Chromium that keeps to itself."""
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        *("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
        *("disable-background-networking", "disable-component-update", "disable-sync"),
        *("window-size=1150,1500", f"user-data-dir={profile}"),
    ):
        options.add_argument(f"--{flag}")
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


def menu(page, entry, item):
    """Choose an item of JupyterLab's menu bar."""
    for label in page.find_elements(By.CSS_SELECTOR, ".lm-MenuBar-item"):
        if label.text.strip() == entry:
            label.click()
    time.sleep(1)
    for label in page.find_elements(By.CSS_SELECTOR, ".lm-Menu-item"):
        if label.text.strip().startswith(item):
            label.click()
            return


def main():
    """Run it all and write docs/pictures/checks.png."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--driver", default="/usr/bin/chromedriver")
    arguments = parser.parse_args()
    course = find_course()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small_notebook(course, folder)
        server = serve(folder)
        page = browser(arguments.chromium, arguments.driver, folder / "profile")
        try:
            page.get(f"http://127.0.0.1:{PORT}/lab/tree/checks.ipynb")
            WebDriverWait(page, 60).until(
                lambda p: p.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-Cell")
            )
            time.sleep(5)
            menu(page, "Run", "Run All Cells")
            WebDriverWait(page, 120).until(
                lambda p: p.find_elements(By.CSS_SELECTOR, ".course-checks table")
            )
            time.sleep(2)
            table = page.find_element(By.CSS_SELECTOR, ".course-checks")
            page.execute_script("arguments[0].scrollIntoView({block: 'center'})", table)
            time.sleep(1)
            table.screenshot(str(course.root / "docs" / "pictures" / "checks.png"))
        finally:
            page.quit()
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()

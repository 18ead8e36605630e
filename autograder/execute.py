"""Runs a solution from top to bottom and keeps what it shows."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.reports import reports_in

CELL_SECONDS = 600

#: TensorFlow's C++ log is no part of a lesson; hash seeds decide the order of sets.
ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONHASHSEED": "0"}


class ExecutionError(Exception):
    """A solution that does not run, or does not pass its own checks."""


def execute(notebook: NotebookNode, folder: Path, *, quick: bool = False) -> float:
    """Run a solution in place, cell by cell.

    Args:
        notebook: The notebook; its outputs are replaced.
        folder: The working directory of its kernel.
        quick: Whether to run in quick mode (``COURSE_QUICK=1``).

    Returns:
        The seconds it took, kernel start included.

    Raises:
        ExecutionError: Naming the cell that raised, timed out, wrote to standard error, or did
            not give its exercise full points.
    """
    started = time.perf_counter()
    quick_mode = "1" if quick else ""
    with (
        environment(COURSE_QUICK=quick_mode, **ENVIRONMENT),
        client_for(notebook, folder) as client,
    ):
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise ExecutionError(str(error)) from None
    seconds = time.perf_counter() - started
    problems = list(find_problems(notebook))
    if problems:
        raise ExecutionError("\n".join(problems))
    # The kernel writes its own patch version here, which differs from machine to machine.
    notebook.metadata["language_info"] = {"name": "python"}
    return seconds


@contextmanager
def client_for(notebook: NotebookNode, folder: Path, **options: bool) -> Iterator[NotebookClient]:
    """Prepare a client that runs a notebook in a fresh kernel.

    Args:
        notebook: The notebook.
        folder: The working directory of its kernel.
        **options: More of nbclient's options.

    Yields:
        The client; its ``execute()`` runs the notebook in place.
    """
    with tempfile.TemporaryDirectory(prefix="kernel-") as private:
        config = Config()
        if os.name == "posix":
            # Sockets in a folder of our own: no other user of the machine can listen in.
            config.KernelManager.transport = "ipc"
            config.KernelManager.connection_file = str(Path(private) / "kernel.json")
        yield NotebookClient(
            notebook,
            config=config,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
            **options,
        )


def find_problems(notebook: NotebookNode) -> Iterator[str]:
    """Read an executed solution and tell what should not be there.

    This is more than nbval sees: it passes a failing cell whose first line is an unknown magic.

    Args:
        notebook: An executed solution.

    Yields:
        A line for each cell that has an error, text on standard error, or a check that misses
        points, and for each code cell that never ran.
    """
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.source.strip() and cell.execution_count is None:
            yield f"cell {cell.id} was not executed"
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {cell.id} raised {output.ename}: {output.evalue}"
            if output.output_type == "stream" and output.name == "stderr":
                yield f"cell {cell.id} wrote to standard error: {output.text.strip()[:300]}"
        is_check = cell.metadata.get("nbgrader", {}).get("grade", False)
        reports = reports_in(cell)
        if is_check and not reports:
            yield f"cell {cell.id} is a check that reported nothing"
        for report in reports:
            if report.earned != report.points:
                yield f"cell {cell.id} gives the solution {report.earned} of {report.points}"


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set environment variables for the kernels that start inside the block.

    Args:
        **values: Names and values; an empty value removes the variable.
    """
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set({name: value or "" for name, value in before.items()})


def _set(values: dict[str, str]) -> None:
    for name, value in values.items():
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)

"""Finds the checks' reports in a notebook's outputs."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from utils.checks import MIME, CheckResult, Outcome, Report


def reports_in(cell: NotebookNode) -> list[Report]:
    """Read every report that a cell has shown.

    Args:
        cell: A cell of an executed notebook.

    Returns:
        Its reports, in order. An output that does not have a report's form counts as none: a
        notebook is data that anybody may have edited.
    """
    found = []
    for output in cell.get("outputs", []):
        data = output.get("data", {}).get(MIME)
        report = _read(data) if isinstance(data, dict) else None
        if report is not None:
            found.append(report)
    return found


def _read(data: dict[str, Any]) -> Report | None:
    try:
        checks = tuple(
            CheckResult(
                name=str(check["name"]),
                outcome=Outcome(check["outcome"]),
                message=str(check["message"]),
                hint=str(check["hint"]),
                weight=float(check["weight"]),
                hidden=bool(check["hidden"]),
            )
            for check in data["checks"]
        )
        return Report(str(data["exercise"]), float(data["points"]), float(data["earned"]), checks)
    except (KeyError, TypeError, ValueError):
        return None

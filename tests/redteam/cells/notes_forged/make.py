def make(work, place):
    work.fill(double="def double(x):\n    return x")
    checks = [dict(name="all", outcome="passed", message="", hint="", weight=1.0, hidden=False)]
    for cell in work.node.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("check_")
        cell.metadata["course"] = {
            "kind": "check",
            "ended": "",
            "result": dict(
                exercise=name, points=1000, earned=1000, outcome="passed", message="", checks=checks
            ),
        }
    work.node.metadata["course"] = {"notebook": "arrays", "repairs": [], "result": checks}
    work.node.metadata["celltoolbar"] = "Create Assignment"
    work.node.metadata["kernelspec"] = {"name": "bash", "display_name": "x", "language": "bash"}
    work.hand_in(place.folder)

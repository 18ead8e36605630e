import nbformat

MIME = "application/vnd.convnet-course.checks+json"


def make(work, place):
    work.fill(double="def double(x):\n    return x")
    for cell in work.node.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("check_")
        if cell.cell_type == "code":
            check = dict(
                name="all", outcome="passed", message="", hint="", weight=1.0, hidden=False
            )
            points = cell.metadata.get("nbgrader", {}).get("points", 1)
            report = dict(exercise=name, points=points, earned=points, checks=[check])
            cell.outputs = [
                nbformat.v4.new_output("display_data", {MIME: report, "text/plain": "all passed"}),
                nbformat.v4.new_output("execute_result", {"text/plain": str(points)}),
            ]
            cell.execution_count = 1
    work.hand_in(place.folder)

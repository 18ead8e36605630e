import nbformat

SQL = "x'; update grade set manual_score = 100; drop table student; --"


def make(work, place):
    work.fill(double="def double(x):\n    return x")
    cell = nbformat.v4.new_code_cell("100")
    cell.metadata["nbgrader"] = {
        "grade": True,
        "grade_id": SQL,
        "locked": False,
        "points": 100,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    work.node.cells.append(cell)
    work.hand_in(place.folder)
    work.hand_in(place.submissions / SQL)
    work.hand_in(place.submissions / "gradebook-%';--")

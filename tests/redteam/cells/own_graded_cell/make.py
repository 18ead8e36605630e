import nbformat


def make(work, place):
    for number, name in enumerate(["bonus", "check_bonus", "check_double ", "../check_shift"]):
        cell = nbformat.v4.new_code_cell("100")
        cell.metadata["nbgrader"] = {
            "grade": True,
            "grade_id": name,
            "locked": True,
            "points": 100,
            "schema_version": 3,
            "solution": False,
            "task": number == 1,
        }
        work.node.cells.append(cell)
    work.hand_in(place.folder)

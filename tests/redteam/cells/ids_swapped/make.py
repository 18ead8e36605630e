def make(work, place):
    work.fill(double="def double(x):\n    return x", total="def total(numbers):\n    return 0")
    pairs = {"double": "check_double", "check_double": "double", "shift": "total", "total": "shift"}
    for cell in work.node.cells:
        nbgrader = cell.metadata.get("nbgrader")
        if nbgrader and nbgrader["grade_id"] in pairs:
            nbgrader["grade_id"] = cell["id"] = pairs[nbgrader["grade_id"]]
            nbgrader["grade"], nbgrader["solution"] = nbgrader["solution"], nbgrader["grade"]
    work.hand_in(place.folder)

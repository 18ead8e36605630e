def make(work, place):
    for cell in work.node.cells:
        nbgrader = cell.metadata.get("nbgrader")
        if nbgrader:
            nbgrader["points"] = 1000
            nbgrader["score"] = nbgrader["auto_score"] = 1000
    work.fill(double="def double(x):\n    return x")
    work.hand_in(place.folder)

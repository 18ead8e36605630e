def make(work, place):
    work.node.cells = [
        c for c in work.node.cells if not c.metadata.get("nbgrader", {}).get("grade")
    ]
    work.fill(double="def double(x):\n    return x")
    work.hand_in(place.folder)

def make(work, place):
    work.fill(double="def double(x):\n    return x")
    work.hand_in(place.folder)
    name = place.words["NEIGHBOUR"]
    for other in (
        name.upper(),
        name + " ",
        name + ".",
        name.replace("e", "\u0435"),
        name + "\u200b",
    ):
        work.hand_in(place.submissions / other)
    work.node.metadata["nbgrader"] = {"student": name, "student_id": name}

import copy


def make(work, place):
    work.fill(double="def double(x):\n    return x", shift="def shift(x):\n    return x")
    for name, points in (("check_double", "4"), ("check_shift", "6")):
        index = work.index(name)
        other = copy.deepcopy(work.node.cells[index])
        other.source = points
        work.node.cells.insert(index, other)
        work.node.cells.insert(index + 2, copy.deepcopy(other))
    work.hand_in(place.folder)

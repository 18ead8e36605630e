def make(work, place):
    work.fill(double="def double(x):\n    return x", total="total = sum")
    work.node.cells.reverse()
    work.hand_in(place.folder)

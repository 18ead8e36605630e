def make(work, place):
    path = work.hand_in(place.folder)
    with path.open("r+b") as file:
        file.truncate(2**40)

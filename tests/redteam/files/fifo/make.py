import os


def make(work, place):
    place.folder.mkdir(parents=True)
    os.mkfifo(place.folder / "arrays.ipynb")
    os.mkfifo(place.folder / "notes.txt")

def make(work, place):
    place.folder.mkdir(parents=True)
    (place.folder / "arrays.ipynb").symlink_to(place.course / "solutions/week1_red/arrays.ipynb")

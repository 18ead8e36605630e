def make(work, place):
    place.folder.mkdir(parents=True)
    deep = "[" * 100_000 + "]" * 100_000
    text = work.text().rstrip()[:-1] + f', "x": {"9" * 1_000_000}, "y": {deep}}}'
    (place.folder / "arrays.ipynb").write_text(text)

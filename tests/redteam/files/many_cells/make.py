import json


def make(work, place):
    data = json.loads(work.text())
    extra = {"cell_type": "code", "source": "print(1)", "metadata": {}, "outputs": []}
    data["cells"] += [extra] * 100_000
    place.folder.mkdir(parents=True)
    (place.folder / "arrays.ipynb").write_text(json.dumps(data))

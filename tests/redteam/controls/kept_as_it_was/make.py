import json


def make(work, place):
    work.fill(
        double="def double(x):\n    return x + x",
        shift="def shift(x):\n    return 1 + x",
        total="def total(numbers):\n    return sum(numbers)",
        extremes="def extremes(x):\n    return {'low': np.min(x), 'high': np.max(x)}",
    )
    data = json.loads(work.text())
    data["nbformat_minor"] = 4
    for cell in data["cells"]:
        cell.pop("id", None)
        cell["source"] = [line + "\r\n" for line in cell["source"].splitlines()]
    del data["cells"][0]
    place.folder.mkdir(parents=True)
    (place.folder / "arrays (1).ipynb").write_text("\ufeff" + json.dumps(data), encoding="utf-8")

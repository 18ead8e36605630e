import json


def make(work, place):
    work.fill(double="def double(x):\n    return x")
    data = json.loads(work.text())
    deep = {}
    for _ in range(300):
        deep = {"nbgrader": deep}
    odd = [
        [],
        "1e999",
        {"points": 1e308},
        None,
        True,
        deep,
        {"grade_id": ["double"]},
        {"grade_id": {}},
    ]
    for index, cell in enumerate(data["cells"]):
        cell["metadata"]["collapsed"] = odd[index % len(odd)]
        cell["execution_count"] = "9" * 5000
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["nbgrader"] = odd[index % len(odd)]
            cell["id"] = "x" * 100_000
    data["cells"] += [None, 4, "cell", [], {}, {"cell_type": "magic", "source": "4"}]
    data["cells"] += [
        {"cell_type": "code", "source": {"a": 1}},
        {"cell_type": "code", "source": [1, 2]},
    ]
    data["nbformat"], data["nbformat_minor"] = 4, 10**9
    data["metadata"] = odd
    place.folder.mkdir(parents=True)
    (place.folder / "arrays.ipynb").write_text(json.dumps(data))

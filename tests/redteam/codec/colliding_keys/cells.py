# %% exercise="extremes"
def extremes(x):
    import json

    class Pairs(dict):
        def items(self):
            return [(number * (2**61 - 1), None) for number in range(60_000)]

    return Pairs()

# %% include="wire"
# %% exercise="total"
def total(numbers):
    import json

    keys = [{"t": "int", "v": f"{number * (2**61 - 1):x}"} for number in range(1, 60_001)]
    node = {"t": "dict", "v": [[key, None] for key in keys]}
    send(frame(tree(json.dumps(["value", node, None], separators=(",", ":")))), limit=3)
    return 0

# %% include="wire"
# %%
import json

def array(dtype, shape, count, rest=b""):
    node = {"t": "array", "d": dtype, "s": shape, "n": count}
    return frame(tree(json.dumps(["value", node, None]), rest))

# %% exercise="double"
turn = iter(
    [
        array("<f8", [10**15], 8 * 10**15),
        array("<f8", [2**32, 2**32], 0),
        array("<f8", [-1, -3], 24, bytes(24)),
        array("<f8", [3], 10**15, bytes(24)),
    ]
    * 10
)

def double(x):
    send(next(turn))
    return np.broadcast_to(np.float64(2.0), (10**15,))

# %% exercise="shift"
others = iter(
    [
        array("|O", [3], 24, bytes(range(24))),
        array("|V1000000000", [3], 0),
        array("<f8", [0] * 1000 + [10**18], 0),
        array("<f8", [1e3, "3"], 24, bytes(24)),
    ]
    * 10
)

def shift(x):
    send(next(others))
    return np.broadcast_to(np.float64(2.0), (2**31, 2**31))

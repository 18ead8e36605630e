# %% include="wire"
# %% exercise="shift"
def shift(x):
    import time

    end = time.monotonic() + 60
    while time.monotonic() < end:
        send(frame(tree('["value",[2.0,2.0,2.0],null]')) * 10_000, limit=5)

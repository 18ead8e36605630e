# %% exercise="double"
def double(x):
    while True:
        pass

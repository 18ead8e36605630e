# %% exercise="double"
def double(x):
    return x

# %% check="double"
4

# %% exercise="shift"
def shift(x):
    return x

# %% check="shift"
from utils.checks import Score
Score(6, 6)

# %% check="total"
pass

# %% check="extremes"
5

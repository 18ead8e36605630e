# %%
def helper(x, factor=2):
    return factor * x

# %% [markdown]
# My notes: $x^2$ and **bold** and a [link](https://numpy.org).

# %%
1 / 0

# %%
!echo hello
%time helper(3)
input_that_is_not_defined

# %% exercise="double"
class Scaler:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return helper(x, self.factor)

double = Scaler(2)

# %%
print(double(np.arange(3)))
assert False, "I was trying something"

# %% exercise="shift"
from functools import partial

shift = partial(np.add, 1)

# %% exercise="total"
def total(numbers, *, so_far=0):
    return total(numbers[1:], so_far=so_far + numbers[0]) if numbers else so_far

# %% exercise="extremes"
from collections import OrderedDict

def extremes(x):
    return dict(OrderedDict(low=np.min(x), high=np.max(x)))

# %%
import matplotlib.pyplot as plt

plt.plot([1, 2])
plt.show()

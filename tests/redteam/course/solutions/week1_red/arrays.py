# %% [markdown]
# # Arrays
# Four small exercises that hostile hand-ins are aimed at.

# %% tags=["setup"]
import numpy as np

from utils.checks import Checks, assert_close, assert_shape

ONES = np.ones(3)


# %% exercise="double"
def double(x):
    """Return twice the array."""
    ### BEGIN SOLUTION
    return 2 * x  # solution-canary-9c1e44d7
    ### END SOLUTION


# %% check="double" points=4
checks = Checks("double")
expected = 2 * ONES
with checks("ones become twos", hint="multiply"):
    assert_close(double(ONES), expected, what="the output")
### BEGIN HIDDEN TESTS
secret = np.full(3, 48151.623)  # hidden-canary-51f0a7c3
expected = 2 * secret
with checks.hidden("another vector is doubled", hint="any values", weight=2):
    assert_close(double(secret), expected, what="hidden-canary-51f0a7c3")
with checks.hidden("a random vector is doubled", hint="any length"):
    random = checks.rng.normal(size=5)
    assert_close(double(random), 2 * random, what="hidden-canary-51f0a7c3")
### END HIDDEN TESTS
checks.report()


# %% exercise="shift"
def shift(x):
    """Return the array one higher."""
    ### BEGIN SOLUTION
    return x + 1  # solution-canary-9c1e44d7
    ### END SOLUTION


# %% check="shift" points=6
checks = Checks("shift")
expected = 2 * ONES
with checks("ones become twos", hint="add"):
    moved = shift(ONES)
    assert_shape(moved, (3,), what="the output")
    assert_close(moved, expected, what="the output")
### BEGIN HIDDEN TESTS
secret = np.full(4, 48151.623)  # hidden-canary-51f0a7c3
expected = secret + 1
with checks.hidden("another vector is shifted", hint="any values"):
    assert_close(shift(secret), expected, what="hidden-canary-51f0a7c3")
### END HIDDEN TESTS
checks.report()


# %% exercise="total"
def total(numbers):
    """Return the sum of a list of numbers."""
    ### BEGIN SOLUTION
    return sum(numbers)  # solution-canary-9c1e44d7
    ### END SOLUTION


# %% check="total" points=5
checks = Checks("total")
expected = 3
with checks("one and two make three", hint="add them up"):
    assert total([1, 2]) == expected, "1 + 2 should be 3"
### BEGIN HIDDEN TESTS
expected = 48151.75
with checks.hidden("halves are added too", hint="any numbers"):
    assert total([48151, 0.5, 0.25]) == expected, "hidden-canary-51f0a7c3"
### END HIDDEN TESTS
checks.report()


# %% exercise="extremes"
def extremes(x):
    """Return the smallest and the largest entry as {"low": ..., "high": ...}."""
    ### BEGIN SOLUTION
    return {"low": float(x.min()), "high": float(x.max())}  # solution-canary-9c1e44d7
    ### END SOLUTION


# %% check="extremes" points=5
checks = Checks("extremes")
expected = {"low": 1.0, "high": 1.0}
with checks("ones lie between one and one", hint="look for both ends"):
    assert extremes(ONES) == expected, f"should be {expected}"
### BEGIN HIDDEN TESTS
expected = {"low": -48151.623, "high": 7.0}
with checks.hidden("the ends of another vector are found", hint="any values"):
    found = extremes(np.array([0.0, -48151.623, 7.0]))
    assert set(found) == set(expected), "hidden-canary-51f0a7c3"
    for name, value in expected.items():
        assert_close(found[name], value, what="hidden-canary-51f0a7c3")
### END HIDDEN TESTS
checks.report()

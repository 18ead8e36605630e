# %%
import logging
import os
import sys
import warnings

logging.basicConfig(level=logging.DEBUG)
print("x" * 5000)
%timeit -n 1 -r 1 sum(range(10))

# %% exercise="double"
def double(x):
    print("working on", x, flush=True)
    print("careful", file=sys.stderr)
    warnings.warn("a warning")
    logging.warning("a log line")
    os.write(2, b"Error: from a library\n")
    return 2 * x

# %% exercise="shift"
def shift(x):
    print("Traceback (most recent call last):", file=sys.stderr)
    return x + np.log(np.zeros(1) + np.e) / np.log(np.e) + 0 * np.nansum(np.array([np.nan]))

# %% exercise="total"
def total(numbers):
    result = 0
    for number in numbers:
        print(result)
        result += number
    return result

# %% exercise="extremes"
def extremes(x):
    display(x)
    return {"low": x.min(), "high": x.max()}

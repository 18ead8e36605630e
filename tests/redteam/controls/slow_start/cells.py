# %%
import time
import concurrent.futures
import multiprocessing

time.sleep(2)
pool = concurrent.futures.ThreadPoolExecutor(4)

# %% exercise="double"
ready = []

def double(x):
    if not ready:
        time.sleep(1)
        ready.append(True)
    return pool.submit(np.multiply, x, 2).result()

# %% exercise="shift"
def shift(x):
    return np.array(list(pool.map(lambda value: value + 1, x)))

# %% exercise="total"
def total(numbers):
    time.sleep(0.5)
    return sum(numbers)

# %% exercise="extremes"
def extremes(x):
    low, high = sorted(float(value) for value in x)[:: len(x) - 1]
    return {"low": low, "high": high}

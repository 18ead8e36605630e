# %% exercise="double"
def double(x):
    value = []
    value.append(value)
    return value

# %% exercise="total"
def total(numbers):
    value = {}
    value["low"] = (value, [value])
    return value

# %% exercise="shift"
def shift(x):
    value = np.empty(2, dtype=object)
    value[:] = [value, value]
    return value

# %% exercise="extremes"
def extremes(x):
    value = {"low": [1.0]}
    value["high"] = value
    return value

# %% exercise="double"
def double(x):
    return [None] * 20_000_000

# %% exercise="total"
def total(numbers):
    return "9" * 300_000_000

# %% exercise="extremes"
def extremes(x):
    return {number: None for number in range(3_000_000)}

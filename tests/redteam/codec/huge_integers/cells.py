# %% include="wire"
# %% exercise="total"
def total(numbers):
    return 7**20_000_000

# %% exercise="double"
def double(x):
    send(frame(tree('["value",' + "9" * 3_000_000 + ",null]")))
    send(frame(tree('["value",{"t":"int","v":"' + "f" * 3_000_000 + '"},null]')))
    return 10**5000

# %% exercise="extremes"
def extremes(x):
    return {"low": 10**4299, "high": -(10**400)}

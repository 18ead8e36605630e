# %%
TEXT = "\ud800\udfff\x00\x1b[2J\x1b]0;title\x07\u202e\ufeff" + "</pre><script>alert(1)</script>" + "A" * 100_000

# %% exercise="double"
def double(x):
    raise ValueError(TEXT)

# %% exercise="shift"
def shift(x):
    return TEXT

# %% exercise="total"
def total(numbers):
    raise type(TEXT.replace("\x00", "").replace("\ud800\udfff", ""), (Exception,), {})()

# %% exercise="extremes"
def extremes(x):
    return {TEXT: TEXT, "low": b"\xff\xfe"}

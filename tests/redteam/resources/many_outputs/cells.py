# %%
from IPython.display import display

for number in range(20_000):
    display(number)
display({"image/png": "A" * 50_000_000, "text/html": "x" * 50_000_000, "text/plain": ""}, raw=True)

# %% exercise="double"
def double(x):
    return x

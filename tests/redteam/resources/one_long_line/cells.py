# %%
import os

print("y" * 300_000_000)
for _ in range(100):
    os.write(1, b"z" * 1_000_000)

# %% exercise="double"
def double(x):
    print("y" * 100_000_000)
    return x

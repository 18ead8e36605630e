# %%
import os

block = bytes(2**24)
for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "@OUTPUT@"):
    try:
        with open(f"{folder}/@MARK@", "wb") as file:
            for _ in range(32):
                file.write(block)
    except OSError as error:
        print(folder, error)

# %% exercise="double"
def double(x):
    return x

# %% exercise="double"
def double(x):
    return x

# %%
get_ipython().ask_exit()

# %%
exit(0)

# %%
import sys
sys.exit(0)

# %% exercise="shift"
def shift(x):
    quit()

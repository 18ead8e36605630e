# %%
import sys

shell = get_ipython()
shell.showtraceback = lambda *args, **kwargs: None
shell._showtraceback = lambda *args, **kwargs: None
shell.set_custom_exc((BaseException,), lambda *args, **kwargs: None)
sys.excepthook = lambda *args: None

# %% exercise="double"
def double(x):
    raise AssertionError

# %% exercise="shift"
def shift(x):
    raise BaseException

# %%
del Checks, assert_close

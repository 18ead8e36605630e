# %% exercise="double"
Evil = type("<img src=x onerror=alert('redteam')>", (Exception,), {})

def double(x):
    raise Evil("</td></table><script>alert('redteam')</script>")

# %% exercise="shift"
def shift(x):
    return type("</pre><script>alert('redteam')</script>", (), {})()

# %% exercise="total"
namespace = {}
exec(compile("def f(x): raise ValueError('<script>alert(1)</script>')", "</pre><script>x</script>", "exec"), namespace)
namespace["f"].__code__ = namespace["f"].__code__.replace(co_name="<svg onload=alert('redteam')>")

def total(numbers):
    return namespace["f"](numbers)

# %%
raise Evil("</pre><script>alert('redteam')</script>")

# %%
from IPython.display import SVG, display

drawing = "<svg xmlns='http://www.w3.org/2000/svg' onload=\"alert('redteam')\"><script>alert('redteam')</script></svg>"
display(SVG(drawing))
display({"image/svg+xml": drawing, "text/plain": drawing}, raw=True)
display({"image/png": "\"><script>alert('redteam')</script>", "text/plain": "png"}, raw=True)
display({"image/jpeg": "x' onerror='alert(1)//redteam", "text/plain": "' onerror='alert(1)//redteam"}, raw=True)

# %% exercise="double"
def double(x):
    return x

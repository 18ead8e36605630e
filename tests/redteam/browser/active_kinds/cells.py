# %%
from IPython.display import display

for kind in (
    "application/javascript",
    "application/vnd.jupyter.widget-view+json",
    "application/vnd.vega.v5+json",
    "application/pdf",
    "text/html",
    "text/markdown",
    "text/latex",
    "image/svg+xml",
    "text/vnd.mermaid",
):
    display({kind: "<script>alert('redteam')</script>", "text/plain": "<script>alert('redteam')</script>"}, raw=True)
print("\x1b]8;;javascript:alert('redteam')\x07link\x1b]8;;\x07\x1b[31m<script>alert('redteam')</script>")

# %% exercise="double"
def double(x):
    return x

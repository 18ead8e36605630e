# %%
from IPython.display import HTML, IFrame, Javascript, display

display(HTML("<script>alert('redteam')</script><img src=x onerror=alert('redteam')>"))
display(HTML("<form action='http://127.0.0.1:@PORT@/'><input name=a><button>ok</button></form>"))
display(HTML("<style>@import 'http://127.0.0.1:@PORT@/redteam'; body{display:none}</style>"))
display(HTML("<iframe srcdoc=\"<script>parent.alert('redteam')</script>\"></iframe>"))
display(Javascript("alert('redteam')"), IFrame("http://127.0.0.1:@PORT@/redteam", 10, 10))

# %% exercise="double"
def double(x):
    return x

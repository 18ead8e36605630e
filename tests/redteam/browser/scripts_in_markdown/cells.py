# %% [markdown]
# <script>alert('redteam')</script> <img src=x onerror="alert('redteam')">
# [go](javascript:alert('redteam')) <a href="jav&#x09;ascript:alert('redteam')">go</a>
# <details ontoggle="alert('redteam')" open>x</details> <svg><script>alert('redteam')</script></svg>
# <meta http-equiv="refresh" content="0;url=http://127.0.0.1:@PORT@/"> <base href="http://127.0.0.1:@PORT@/">
# ![x](x" onerror="alert('redteam')) <style>body{display:none}</style> <math><mi xlink:href="data:x,<script>">

# %% [markdown]
# <div style="background:url(javascript:alert('redteam'))">$\href{javascript:alert('redteam')}{x}$</div>
# [data](data:text/html,<script>alert('redteam')</script>) <iframe src="javascript:alert('redteam')"></iframe>

# %% exercise="double"
def double(x):
    return x

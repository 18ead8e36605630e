# %%
seen = []

def transform(lines):
    text = "".join(lines)
    if "Checks(" in text:
        seen.append(text)
        return ["4\n"]
    return lines

get_ipython().input_transformers_cleanup.append(transform)
get_ipython().input_transformers_post.append(transform)

# %% exercise="double"
def double(x):
    return x

# %% check="double"
checks.report()

# %%
print(*seen)

# %%
import subprocess
import sys

started = []
for _ in range(300):
    try:
        started.append(subprocess.Popen(["sleep", "601"], env={"LEFT": "@MARK@"}))
    except OSError:
        break
subprocess.Popen(["sh", "-c", "sleep 601; : @MARK@"])

# %% exercise="double"
def double(x):
    return x

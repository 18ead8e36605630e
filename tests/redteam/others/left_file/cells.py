# %%
import os
from pathlib import Path

TEXT = "# @MARK@\ndef double(x): return 2 * x\ndef shift(x): return x + 1\n"
for folder in ("/tmp", "/var/tmp", "/dev/shm", ".", "..", os.path.expanduser("~"), "@SUBMISSIONS@", "@COURSE@/utils", os.path.dirname(np.__file__)):
    try:
        Path(folder, "answers_@MARK@.py").write_text(TEXT)
    except OSError:
        pass

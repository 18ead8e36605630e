CHECKS = """
class Checks:
    rng = None
    def __init__(self, exercise, points=1, **rest): self.points = points
    def __call__(self, *a, **k):
        import contextlib
        return contextlib.suppress(BaseException)
    hidden = __call__
    def report(self): return self.points
assert_close = assert_shape = lambda *a, **k: None
open("/tmp/@MARK@", "w").write("@MARK@")
"""


def make(work, place):
    work.fill(double="def double(x):\n    return x", shift="def shift(x):\n    return x")
    work.hand_in(place.folder)
    for name, text in {
        "utils/__init__.py": "",
        "utils/checks.py": place.fill_in(CHECKS),
        "numpy.py": place.fill_in(CHECKS) + "ones = full = lambda *a: 0\n",
        "sitecustomize.py": place.fill_in(CHECKS),
        "usercustomize.py": place.fill_in(CHECKS),
        "ipython_config.py": place.fill_in(CHECKS),
        "nbgrader_config.py": place.fill_in(CHECKS),
        "jupyter_config.py": place.fill_in(CHECKS),
        ".ipython/profile_default/startup/00.py": place.fill_in(CHECKS),
        ".env": "PYTHONSTARTUP=sitecustomize.py\n",
        "gradebook.db": "",
    }.items():
        path = place.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

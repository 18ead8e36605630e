def make(work, place):
    work.fill(double="def double(x):\n    return x")
    work.hand_in(place.folder, "arrays <script>alert(1)</script>.ipynb".replace("/", "\u2215"))
    for name in (
        "--force",
        "$(touch x)",
        "files-<img src=x onerror=alert(1)>",
        "files-\n\u202e",
        "...",
    ):
        work.hand_in(place.submissions / name)

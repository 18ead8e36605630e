# what: takes all windows as a view
# score: 8
def pool_forward(x, size, stride, mode="max"):
    reductions = {"max": np.max, "average": np.mean}
    if mode not in reductions:
        raise ValueError(f"mode is one of {sorted(reductions)}, got {mode!r}")
    if size > min(x.shape[1:3]):
        raise ValueError("the window is larger than the image")
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return reductions[mode](windows[:, ::stride, ::stride], axis=(-2, -1))

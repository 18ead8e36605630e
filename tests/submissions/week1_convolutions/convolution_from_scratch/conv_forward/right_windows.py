# what: takes all windows as a view and sums with einsum; needs no earlier exercise
# score: 12
def conv_forward(x, kernels, bias, stride=1, padding=0):
    if padding:
        x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    if x.shape[3] != kernels.shape[2]:
        raise ValueError("images and kernels need the same number of channels")
    if kernels.shape[0] > x.shape[1] or kernels.shape[1] > x.shape[2]:
        raise ValueError("the kernel is larger than the padded image")
    windows = np.lib.stride_tricks.sliding_window_view(x, kernels.shape[:2], axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    return np.einsum("nijcuv,uvck->nijk", windows, kernels) + np.asarray(bias)

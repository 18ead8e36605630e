# what: lets scipy do the work; all numbers are right
# fails: a 3 × 4 image under a 2 × 2 kernel, worked by hand, with NumPy alone
# score: 0
def conv_forward(x, kernels, bias, stride=1, padding=0):
    from scipy.signal import correlate2d

    fh, fw, channels, count = kernels.shape
    wide = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    if x.shape[3] != channels or fh > wide.shape[1] or fw > wide.shape[2]:
        raise ValueError("the kernels do not fit")
    maps = [
        [
            sum(
                correlate2d(wide[n, :, :, c], kernels[:, :, c, k], mode="valid")
                for c in range(channels)
            )
            + bias[k]
            for k in range(count)
        ]
        for n in range(x.shape[0])
    ]
    return np.array(maps, dtype=float).transpose(0, 2, 3, 1)[:, ::stride, ::stride]

# what: calls the loops of the earlier exercise: right, and slow
# fails: it is at least three times faster than a loop over outputs, without SciPy or TensorFlow
# score: 6

def conv_forward_fast(x, kernels, bias, stride=1, padding=0):
    return conv_forward(x, kernels, bias, stride, padding)

# what: the kernels are reshaped with their own axis first, which mixes them up
# fails: it equals the definition for rectangular images and kernels, stride 2 and padding 1
# fails: it is at least three times faster than a loop over outputs, without SciPy or TensorFlow
# fails: random batches with any stride and padding equal the definition
# score: 3

def conv_forward_fast(x, kernels, bias, stride=1, padding=0):
    fh, fw, c, k = kernels.shape
    table = im2col(x, fh, fw, stride, padding)
    matrix = kernels.reshape(k, fh * fw * c).T
    return table @ matrix + bias

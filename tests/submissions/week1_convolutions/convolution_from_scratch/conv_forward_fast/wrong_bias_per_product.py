# what: the bias is added inside the product, once for each number of the window
# fails: a 1×3 image and two kernels give what you get by hand
# fails: it equals the definition for rectangular images and kernels, stride 2 and padding 1
# fails: the bias is added once to each output, not once per product
# fails: it is at least three times faster than a loop over outputs, without SciPy or TensorFlow
# fails: random batches with any stride and padding equal the definition
# score: 1

def conv_forward_fast(x, kernels, bias, stride=1, padding=0):
    fh, fw, c, k = kernels.shape
    table = im2col(x, fh, fw, stride, padding)
    matrix = kernels.reshape(fh * fw * c, k)
    return table @ (matrix + bias)

# what: Einstein's summation
# score: 5
def pointwise(x, weights, bias):
    return np.einsum("nijc,ck->nijk", x, weights) + bias[None, None, None, :]

# what: padding is added once instead of at both ends
# fails: padding adds its zeros at both ends
# fails: all small cases agree with counting the positions one by one
# score: 3.12
def output_size(n, f, stride=1, padding=0):
    if n < 1 or f < 1 or stride < 1 or padding < 0 or f > n + 2 * padding:
        raise ValueError("check the sizes")
    return (n + padding - f) // stride + 1

# what: the first position is not counted
# fails: with stride 1 and no padding the size is n - f + 1
# fails: a step that no longer fits is left out
# fails: padding adds its zeros at both ends
# fails: arguments that make no sense raise a ValueError
# fails: all small cases agree with counting the positions one by one
# score: 1.25
def output_size(n, f, stride=1, padding=0):
    if n < 1 or f < 1 or stride < 1 or padding < 0 or f > n + 2 * padding:
        raise ValueError("check the sizes")
    return (n + 2 * padding - f) // stride

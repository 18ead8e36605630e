# what: a window that sticks out at the end is counted
# fails: a step that no longer fits is left out
# fails: padding adds its zeros at both ends
# fails: all small cases agree with counting the positions one by one
# score: 2.5
def output_size(n, f, stride=1, padding=0):
    if n < 1 or f < 1 or stride < 1 or padding < 0 or f > n + 2 * padding:
        raise ValueError("check the sizes")
    return int(np.ceil((n + 2 * padding - f) / stride)) + 1

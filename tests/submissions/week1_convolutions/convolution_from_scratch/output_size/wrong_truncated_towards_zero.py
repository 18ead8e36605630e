# what: int() rounds -0.5 up to 0, so a window one pixel too large passes with a stride over 1
# fails: a window that is one pixel too large is refused for every stride
# score: 4.38
def output_size(n, f, stride=1, padding=0):
    if n < 1 or f < 1 or stride < 1 or padding < 0:
        raise ValueError("check the sizes")
    size = int((n + 2 * padding - f) / stride) + 1
    if size < 1:
        raise ValueError("the window is larger than the image")
    return size

# what: one pass first
# fails: window by window, every window pays in full
# fails: in one pass, maps are as large as the picture allows
# fails: a second dense layer sees one place at a time
# fails: the classifier of this lesson on pictures of several sizes
# score: 1.71
def scan_cost(height, width, channels, side, network):
    def run(h, w, s):
        cost, c, stride = 0, channels, 1
        for layer in network:
            if layer[0] == "conv":
                h, w, s = h - layer[2] + 1, w - layer[2] + 1, s - layer[2] + 1
                cost += h * w * layer[2] * layer[2] * c * layer[1]
                c = layer[1]
            elif layer[0] == "pool":
                h, w, s = h // layer[1], w // layer[1], s // layer[1]
                stride *= layer[1]
            else:
                h, w = h - s + 1, w - s + 1
                cost += h * w * s * s * c * layer[1]
                c, s = layer[1], 1
        return cost, stride

    window, stride = run(side, side, side)
    rows = (height - side) // stride + 1
    columns = (width - side) // stride + 1
    return run(height, width, side)[0], rows * columns * window

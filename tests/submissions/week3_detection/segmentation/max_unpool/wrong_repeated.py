# what: repeats the numbers over their windows: the switches are not used
# fails: a row worked by hand: each number goes to its corner
# fails: numbers below zero and the zeros round them are kept apart
# fails: channels and pictures have switches of their own: random ones, place by place
# score: 1
def max_unpool(x, switches, size):
    return x.repeat(size, axis=1).repeat(size, axis=2)

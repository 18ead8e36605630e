# what: works with the remainder of n by the stride
# score: 5
def same_padding(n, f, stride):
    rest = n % stride
    zeros = max(0, f - (stride if rest == 0 else rest))
    before, odd = divmod(zeros, 2)
    return before, before + odd

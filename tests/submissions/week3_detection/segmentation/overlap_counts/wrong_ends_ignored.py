# what: the pattern of the middle everywhere, the ends too
# fails: two stamps of three pixels at stride 2, by hand
# fails: the counts add up to n times f, gaps have count zero
# score: 1.33
def overlap_counts(n, f, stride):
    places = np.arange((n - 1) * stride + f)
    return np.array([sum((p - a) % stride == 0 for a in range(f)) for p in places])

# what: n steps instead of n - 1
# fails: two stamps of three pixels at stride 2, by hand
# fails: if the stride divides the kernel's size, all pixels but those at the ends have the same count
# fails: the counts add up to n times f, gaps have count zero
# score: 0
def overlap_counts(n, f, stride):
    counts = np.zeros(n * stride + f, dtype=int)
    for i in range(n):
        counts[i * stride : i * stride + f] += 1
    return counts

# what: a loop over the places of a window, with strides
# score: 6
def max_pool_with_switches(x, size):
    best = x[:, ::size, ::size].copy()
    where = np.zeros(best.shape, dtype=int)
    for k in range(1, size * size):
        here = x[:, k // size :: size, k % size :: size]
        larger = here > best
        best = np.where(larger, here, best)
        where[larger] = k
    return best, where

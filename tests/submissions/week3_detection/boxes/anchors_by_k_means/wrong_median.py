# what: takes the median of a group for its mean
# fails: one round moves each anchor to the mean width and mean height of its boxes
# fails: random sizes give the anchors of a slow search, round by round
# fails: run to the end, the anchors agree with a slow search, in the order of those given
# fails: the order of the boxes does not matter
# score: 3.56
def anchors_by_k_means(sizes, anchors, rounds=100):
    sizes, anchors = np.asarray(sizes, dtype=float), np.array(anchors, dtype=float)
    for _ in range(rounds):
        common = np.minimum(sizes[:, None], anchors).prod(axis=2)
        union = sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - common
        nearest = (common / union).argmax(axis=1)
        anchors = np.array([np.median(sizes[nearest == k], axis=0) if np.any(nearest == k) else anchors[k] for k in range(len(anchors))])
    return anchors

# what: gives each box to the anchor that is nearest in pixels
# fails: a box goes to the anchor with the largest IoU, which need not be the nearest in pixels
# fails: random sizes give the anchors of a slow search, round by round
# fails: run to the end, the anchors agree with a slow search, in the order of those given
# fails: the order of the boxes does not matter
# score: 3.56
def anchors_by_k_means(sizes, anchors, rounds=100):
    sizes, anchors = np.asarray(sizes, dtype=float), np.array(anchors, dtype=float)
    for _ in range(rounds):
        common = np.minimum(sizes[:, None], anchors).prod(axis=2)
        union = sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - common
        nearest = np.linalg.norm(sizes[:, None] - anchors, axis=2).argmin(axis=1)
        anchors = np.array([sizes[nearest == k].mean(axis=0) if np.any(nearest == k) else anchors[k] for k in range(len(anchors))])
    return anchors

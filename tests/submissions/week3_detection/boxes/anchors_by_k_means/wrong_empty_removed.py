# what: drops an anchor without boxes
# fails: an anchor that gets no box stays where it is
# fails: run to the end, the anchors agree with a slow search, in the order of those given
# score: 6.22
def anchors_by_k_means(sizes, anchors, rounds=100):
    sizes, anchors = np.asarray(sizes, dtype=float), np.array(anchors, dtype=float)
    for _ in range(rounds):
        common = np.minimum(sizes[:, None], anchors).prod(axis=2)
        union = sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - common
        nearest = (common / union).argmax(axis=1)
        anchors = np.array([sizes[nearest == k].mean(axis=0) for k in np.unique(nearest)])
    return anchors

# what: goes through the boxes one by one with iou
# score: 8
def anchors_by_k_means(sizes, anchors, rounds=100):
    current = [tuple(float(v) for v in anchor) for anchor in anchors]
    for _ in range(rounds):
        before = list(current)
        groups = {k: [] for k in range(len(current))}
        for w, h in sizes:
            fits = [iou((0, 0, w, h), (0, 0, *anchor)) for anchor in current]
            groups[fits.index(max(fits))].append((float(w), float(h)))
        for k, group in groups.items():
            if group:
                current[k] = tuple(np.mean(group, axis=0).tolist())
        if current == before:
            break
    return np.array(current)

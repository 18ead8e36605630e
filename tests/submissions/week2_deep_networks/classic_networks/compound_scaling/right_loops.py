# what: multiples of 8 by looking at both neighbours
# score: 6
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    depth, width, side = alpha**phi, beta**phi, gamma**phi
    wide = []
    for f in filters:
        low = 8 * math.floor(f * width / 8)
        nearest = low if f * width - low < 4 else low + 8
        nearest = max(nearest, 8)
        if nearest < 0.9 * f * width:
            nearest += 8
        wide.append(nearest)
    deep = [-int(-r * depth // 1) for r in repeats]
    return deep, wide, int(side * resolution + 0.5), depth * width**2 * side**2

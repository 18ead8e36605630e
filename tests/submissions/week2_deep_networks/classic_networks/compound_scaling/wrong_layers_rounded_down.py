# what: the number of layers is rounded down
# fails: the number of layers is rounded up
# fails: the widths and depths of two published networks
# score: 3.75
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    width = beta**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = max(8, int(exact + 4) // 8 * 8)
        scaled.append(rounded + 8 if rounded < 0.9 * exact else rounded)
    deeper = [int(alpha**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * gamma**phi), (alpha * beta**2 * gamma**2) ** phi

# what: 90 % of the filters before scaling
# fails: the widths and depths of two published networks
# score: 4.5
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    width = beta**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = max(8, int(exact + 4) // 8 * 8)
        scaled.append(rounded + 8 if rounded < 0.9 * count else rounded)
    deeper = [math.ceil(alpha**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * gamma**phi), (alpha * beta**2 * gamma**2) ** phi

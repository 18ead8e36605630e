# what: filters are rounded down to a multiple of 8
# fails: the filters are rounded to the nearest multiple of 8, a tie goes up
# fails: the widths and depths of two published networks
# score: 3.75
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    width = beta**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = max(8, int(exact) // 8 * 8)
        scaled.append(rounded + 8 if rounded < 0.9 * exact else rounded)
    deeper = [math.ceil(alpha**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * gamma**phi), (alpha * beta**2 * gamma**2) ** phi

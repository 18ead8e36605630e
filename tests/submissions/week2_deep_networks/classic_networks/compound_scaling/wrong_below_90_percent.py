# what: the rule of the 90 % is forgotten
# fails: rounding never takes away more than a tenth of the filters
# fails: the widths and depths of two published networks
# score: 3.75
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    width = beta**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = max(8, int(exact + 4) // 8 * 8)
        scaled.append(rounded)
    deeper = [math.ceil(alpha**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * gamma**phi), (alpha * beta**2 * gamma**2) ** phi

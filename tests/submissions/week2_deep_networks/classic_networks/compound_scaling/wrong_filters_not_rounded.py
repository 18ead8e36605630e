# what: filters are rounded to whole numbers only
# fails: the filters are rounded to the nearest multiple of 8, a tie goes up
# fails: rounding never takes away more than a tenth of the filters
# fails: the widths and depths of two published networks
# score: 3
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    width = beta**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = round(exact)
        scaled.append(rounded + 8 if rounded < 0.9 * exact else rounded)
    deeper = [math.ceil(alpha**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * gamma**phi), (alpha * beta**2 * gamma**2) ** phi

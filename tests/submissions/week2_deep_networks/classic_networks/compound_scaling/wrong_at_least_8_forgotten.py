# what: three filters become none
# fails: the filters are rounded to the nearest multiple of 8, a tie goes up
# score: 5.25
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    width = beta**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = int(exact + 4) // 8 * 8
        scaled.append(rounded + 8 if 0 < rounded < 0.9 * exact else rounded)
    deeper = [math.ceil(alpha**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * gamma**phi), (alpha * beta**2 * gamma**2) ** phi

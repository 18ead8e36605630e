# what: the proposal network for every region
# fails: Fast R-CNN shares the convolutions, Faster R-CNN finds its own regions
# fails: the real tables give the real costs
# score: 1.33
def detector_costs(crop, picture, head, proposals, single, regions=2000, kept=300):
    def cost(table):
        total = 0
        for row in table:
            if row[0] == "conv":
                _, rows, columns, channels, filters, size = row
                total += rows * columns * channels * filters * size * size
            else:
                total += row[1] * row[2]
        return total

    return {
        "R-CNN": regions * cost(crop) + regions * cost(head),
        "Fast R-CNN": cost(picture) + regions * cost(head),
        "Faster R-CNN": cost(picture) + kept * (cost(proposals) + cost(head)),
        "SSD": cost(single),
    }

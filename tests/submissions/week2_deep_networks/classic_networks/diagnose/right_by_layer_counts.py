# what: asks layer_counts again under each wrong assumption
# score: 5
def diagnose(input_shape, layers, claimed):
    findings, before = [], tuple(input_shape)
    for layer, number in zip(layers, claimed):
        [(after, right, _)] = network_table(before, [layer])
        stories = {right: "right"}
        if layer[0] == "conv":
            filters, size, stride, padding, *rest = [*layer[1:], *(1, 0)[max(0, len(layer) - 3) :]]
            for word, channels in (("channels forgotten", 1), ("groups forgotten", before[2])):
                alone = layer_counts(*before[:2], channels, filters, size, stride, padding)
                stories.setdefault(alone[1], word)
        if right:
            units = after[-1]
            for word, change in (("one bias", 1 - units), ("no bias", -units), ("bias twice", units)):
                stories.setdefault(right + change, word)
        findings.append(stories.get(number, "unexplained"))
        before = after
    return findings

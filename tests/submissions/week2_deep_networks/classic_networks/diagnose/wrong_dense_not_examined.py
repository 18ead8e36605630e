# what: dense layers are not examined
# fails: the copied table of LeNet-5: what happened to the dense layers?
# fails: biases left out, or counted twice
# score: 3.57
def diagnose(input_shape, layers, claimed):
    rows = network_table(input_shape, layers)
    inputs = [tuple(input_shape), *(row[0] for row in rows)]
    findings = []
    # The list of inputs is one longer: the last output feeds nothing.
    for layer, before, (shape, right, _), number in zip(
        layers, inputs, rows, claimed, strict=False
    ):
        suspects = [("right", right)]
        if layer[0] == "conv":
            filters, size = layer[1:3]
            suspects += [
                ("channels forgotten", (size * size + 1) * filters),
                ("groups forgotten", (size * size * before[-1] + 1) * filters),
            ]
        if layer[0] == "conv":
            biases = shape[-1]
            suspects += [
                ("one bias", right - biases + 1),
                ("no bias", right - biases),
                ("bias twice", right + biases),
            ]
        fitting = [word for word, value in suspects if value == number]
        findings.append(fitting[0] if fitting else "unexplained")
    return findings

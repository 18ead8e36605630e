# what: a shape's numbers are added, not multiplied
# fails: the example by hand needs 4,728 bytes
# fails: a larger batch needs more room for outputs, not for parameters
# fails: numbers of two bytes need half of it all
# fails: any table: every number of every output counts
# score: 1
def training_memory(rows, batch, optimizer_numbers=2, bytes_per_number=4):
    outputs = sum(sum(shape) for shape, _, _ in rows)
    parameters = sum(count for _, count, _ in rows)
    return bytes_per_number * (batch * outputs + parameters * (2 + optimizer_numbers))

# what: numbers are returned, not bytes
# fails: the example by hand needs 4,728 bytes
# fails: a larger batch needs more room for outputs, not for parameters
# fails: every parameter is kept with its gradient and the optimizer's numbers
# fails: numbers of two bytes need half of it all
# fails: any table: every number of every output counts
# score: 0
def training_memory(rows, batch, optimizer_numbers=2, bytes_per_number=4):
    outputs = sum(math.prod(shape) for shape, _, _ in rows)
    parameters = sum(count for _, count, _ in rows)
    return (batch * outputs + parameters * (2 + optimizer_numbers))

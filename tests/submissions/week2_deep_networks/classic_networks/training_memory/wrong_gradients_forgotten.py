# what: gradients are forgotten
# fails: the example by hand needs 4,728 bytes
# fails: every parameter is kept with its gradient and the optimizer's numbers
# fails: numbers of two bytes need half of it all
# fails: any table: every number of every output counts
# score: 1
def training_memory(rows, batch, optimizer_numbers=2, bytes_per_number=4):
    outputs = sum(math.prod(shape) for shape, _, _ in rows)
    parameters = sum(count for _, count, _ in rows)
    return bytes_per_number * (batch * outputs + parameters * (1 + optimizer_numbers))

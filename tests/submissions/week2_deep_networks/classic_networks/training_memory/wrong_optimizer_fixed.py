# what: the optimizer is always Adam
# fails: every parameter is kept with its gradient and the optimizer's numbers
# fails: any table: every number of every output counts
# score: 3
def training_memory(rows, batch, optimizer_numbers=2, bytes_per_number=4):
    outputs = sum(math.prod(shape) for shape, _, _ in rows)
    parameters = sum(count for _, count, _ in rows)
    return bytes_per_number * (batch * outputs + parameters * 4)

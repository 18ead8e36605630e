# what: always four bytes
# fails: numbers of two bytes need half of it all
# score: 4
def training_memory(rows, batch, optimizer_numbers=2, bytes_per_number=4):
    outputs = sum(math.prod(shape) for shape, _, _ in rows)
    parameters = sum(count for _, count, _ in rows)
    return 4 * (batch * outputs + parameters * (2 + optimizer_numbers))

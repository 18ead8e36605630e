# what: a loop over the rows in float
# score: 5
def training_memory(rows, batch, optimizer_numbers=2, bytes_per_number=4):
    numbers = 0
    for shape, parameters, _ in rows:
        numbers += batch * int(np.prod(shape))
        for _ in range(2 + optimizer_numbers):
            numbers += parameters
    return numbers * bytes_per_number

# what: the last batch comes first
# fails: the order is that of the pictures, whatever the batch size
# fails: photographs get the features that the pretrained weights give them
# score: 3.6
def embed(base, images, batch_size=32):
    parts = []
    for start in range(0, len(images), batch_size):
        maps = base(images[start : start + batch_size], training=False)
        parts.append(ops.convert_to_numpy(ops.mean(maps, axis=(1, 2))))
    return np.concatenate(parts[::-1])

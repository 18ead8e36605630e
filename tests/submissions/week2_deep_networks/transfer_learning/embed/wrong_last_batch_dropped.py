# what: pictures after the last full batch are dropped
# fails: every picture has its row of features, also those of an incomplete last batch
# fails: the order is that of the pictures, whatever the batch size
# fails: photographs get the features that the pretrained weights give them
# score: 2.4
def embed(base, images, batch_size=32):
    parts = []
    for start in range(0, len(images) - batch_size + 1, batch_size):
        maps = base(images[start : start + batch_size], training=False)
        parts.append(ops.convert_to_numpy(ops.mean(maps, axis=(1, 2))))
    return np.concatenate(parts)

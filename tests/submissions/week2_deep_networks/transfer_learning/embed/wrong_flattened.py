# what: the map is flattened
# fails: every picture has its row of features, also those of an incomplete last batch
# fails: a feature is the mean over its map
# fails: batch norm is in inference mode
# fails: photographs get the features that the pretrained weights give them
# score: 1.2
def embed(base, images, batch_size=32):
    parts = []
    for start in range(0, len(images), batch_size):
        maps = base(images[start : start + batch_size], training=False)
        parts.append(ops.convert_to_numpy(ops.reshape(maps, (maps.shape[0], -1))))
    return np.concatenate(parts)

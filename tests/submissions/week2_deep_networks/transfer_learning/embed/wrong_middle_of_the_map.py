# what: the feature at one place in place of the mean
# fails: a feature is the mean over its map
# fails: batch norm is in inference mode
# fails: photographs get the features that the pretrained weights give them
# score: 2.4
def embed(base, images, batch_size=32):
    parts = []
    for start in range(0, len(images), batch_size):
        maps = base(images[start : start + batch_size], training=False)
        parts.append(ops.convert_to_numpy(maps[:, maps.shape[1] // 2, maps.shape[2] // 2]))
    return np.concatenate(parts)

# what: the base is cloned, which gives it random weights
# fails: a feature is the mean over its map
# fails: the order is that of the pictures, whatever the batch size
# fails: batch norm is in inference mode
# fails: photographs get the features that the pretrained weights give them
# score: 1.2
def embed(base, images, batch_size=32):
    base = keras.models.clone_model(base)
    parts = []
    for start in range(0, len(images), batch_size):
        maps = base(images[start : start + batch_size], training=False)
        parts.append(ops.convert_to_numpy(ops.mean(maps, axis=(1, 2))))
    return np.concatenate(parts)

# what: all crops of all pictures as one batch
# score: 4
def ten_crop_predict(model, images, size):
    crops = np.concatenate([ten_crops(image, size) for image in images]).astype("float32")
    logits = model.predict(crops, verbose=0)
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities.reshape(len(images), 10, -1).mean(axis=1)

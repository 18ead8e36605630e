# what: Keras's softmax, the largest logit for the digit
# score: 6
def recognise(model, pixels):
    images = np.expand_dims(pixels, -1) / np.float32(255)
    logits = model.predict(images, verbose=0)
    return np.argsort(logits, axis=-1)[:, -1], ops.convert_to_numpy(ops.softmax(logits))

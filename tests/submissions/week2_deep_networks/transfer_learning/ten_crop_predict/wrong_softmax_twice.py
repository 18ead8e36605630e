# what: softmax of probabilities
# fails: pictures without any difference between their crops get the model's own answer
# fails: the ten probabilities are averaged, not the logits and not the decisions
# score: 1.6
def ten_crop_predict(model, images, size):
    answers = []
    for image in images:
        logits = ops.convert_to_numpy(model(ten_crops(image, size), training=False))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = powers / powers.sum(axis=1, keepdims=True)
        p = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)
        answers.append(p.mean(axis=0))
    return np.stack(answers)

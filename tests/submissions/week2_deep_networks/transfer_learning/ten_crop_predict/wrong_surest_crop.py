# what: the largest probability of the ten
# fails: the ten probabilities are averaged, not the logits and not the decisions
# score: 2.4
def ten_crop_predict(model, images, size):
    answers = []
    for image in images:
        logits = ops.convert_to_numpy(model(ten_crops(image, size), training=False))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = powers / powers.sum(axis=1, keepdims=True)
        best = p.max(axis=0)
        answers.append(best / best.sum())
    return np.stack(answers)

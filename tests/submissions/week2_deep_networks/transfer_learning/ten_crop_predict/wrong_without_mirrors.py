# what: five crops, without their mirror images
# fails: the ten probabilities are averaged, not the logits and not the decisions
# score: 2.4
def ten_crop_predict(model, images, size):
    answers = []
    for image in images:
        logits = ops.convert_to_numpy(model(ten_crops(image, size), training=False))
        logits = logits[:5]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = powers / powers.sum(axis=1, keepdims=True)
        answers.append(p.mean(axis=0))
    return np.stack(answers)

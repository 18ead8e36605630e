# what: logits are averaged, then softmax
# fails: the ten probabilities are averaged, not the logits and not the decisions
# score: 2.4
def ten_crop_predict(model, images, size):
    answers = []
    for image in images:
        logits = ops.convert_to_numpy(model(ten_crops(image, size), training=False))
        mean = np.exp(logits.mean(axis=0) - logits.mean(axis=0).max())
        answers.append(mean / mean.sum())
    return np.stack(answers)

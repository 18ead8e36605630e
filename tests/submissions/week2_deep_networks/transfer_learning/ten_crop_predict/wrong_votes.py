# what: each crop has one vote
# fails: pictures without any difference between their crops get the model's own answer
# fails: the ten probabilities are averaged, not the logits and not the decisions
# score: 1.6
def ten_crop_predict(model, images, size):
    answers = []
    for image in images:
        logits = ops.convert_to_numpy(model(ten_crops(image, size), training=False))
        answers.append(np.bincount(logits.argmax(axis=1), minlength=logits.shape[1]) / 10)
    return np.stack(answers)

# what: the mean of the logits is returned
# fails: the result is a probability for each class, for each picture
# fails: pictures without any difference between their crops get the model's own answer
# fails: the ten probabilities are averaged, not the logits and not the decisions
# score: 0.8
def ten_crop_predict(model, images, size):
    answers = []
    for image in images:
        logits = ops.convert_to_numpy(model(ten_crops(image, size), training=False))
        answers.append(logits.mean(axis=0))
    return np.stack(answers)

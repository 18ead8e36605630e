# what: the crops of different pictures are averaged
# fails: pictures without any difference between their crops get the model's own answer
# fails: the ten probabilities are averaged, not the logits and not the decisions
# score: 1.6
def ten_crop_predict(model, images, size):
    crops = np.concatenate([ten_crops(image, size) for image in images])
    p = ops.convert_to_numpy(ops.softmax(model(crops, training=False)))
    return p.reshape(10, len(images), -1).mean(axis=0)

# what: the model is asked in training mode
# fails: the test set is not augmented: the model is asked in inference mode
# score: 3.2
def ten_crop_predict(model, images, size):
    return np.stack([
        ops.convert_to_numpy(ops.softmax(model(ten_crops(i, size), training=True))).mean(axis=0)
        for i in images
    ])

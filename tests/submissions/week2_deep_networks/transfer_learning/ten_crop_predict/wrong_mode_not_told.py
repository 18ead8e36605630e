# what: nothing is said about the mode: augmentation inside the model changes the test set
# fails: the test set is not augmented: the model is asked in inference mode
# score: 3.2
def ten_crop_predict(model, images, size):
    return np.stack([
        ops.convert_to_numpy(ops.softmax(model(ten_crops(i, size)))).mean(axis=0) for i in images
    ])

# what: nothing is said about the mode: augmentation inside the models changes the test set
# fails: the test set is not augmented: every model is asked in inference mode
# score: 4.17
def ensemble(models, images):
    answers = [ops.softmax(model(images)) for model in models]
    return np.mean([ops.convert_to_numpy(a) for a in answers], axis=0)

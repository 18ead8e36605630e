# what: the anchors share their numbers
# fails: the head has a weight for each feature and number, and the base is trained along with it
# fails: the slots of a cell do not say the same
# score: 5.25
def detector(base, anchors, classes, prior=0.01):
    bias = np.zeros((anchors, 5 + classes))
    bias[:, 0] = np.log(prior / (1 - prior))
    head = layers.Conv2D(5 + classes, 1, name="head")
    raw = head(base.output)
    head.bias.assign(bias[0])
    rows, columns = base.output.shape[1:3]
    raw = layers.Reshape((rows, columns, anchors, 5 + classes))(layers.Concatenate()([raw] * anchors) if anchors > 1 else raw)
    return keras.Model(base.input, raw)

# what: all biases start at 0
# fails: where the features say nothing every slot's objectness is the prior
# score: 6.12
def detector(base, anchors, classes, prior=0.01):
    bias = np.zeros((anchors, 5 + classes))
    bias[:, 0] = np.log(prior / (1 - prior))
    head = layers.Conv2D(anchors * (5 + classes), 1, name="head")
    raw = head(base.output)
    rows, columns = base.output.shape[1:3]
    raw = layers.Reshape((rows, columns, anchors, 5 + classes))(raw)
    return keras.Model(base.input, raw)

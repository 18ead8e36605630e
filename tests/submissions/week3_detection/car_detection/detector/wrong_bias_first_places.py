# what: the bias at the first places of the flat vector, one for each anchor
# fails: where the features say nothing every slot's objectness is the prior
# fails: all other numbers start at 0 there
# score: 5.25
def detector(base, anchors, classes, prior=0.01):
    bias = np.zeros(anchors * (5 + classes))
    bias[:anchors] = np.log(prior / (1 - prior))
    head = layers.Conv2D(anchors * (5 + classes), 1, name="head")
    raw = head(base.output)
    head.bias.assign(bias.ravel())
    rows, columns = base.output.shape[1:3]
    raw = layers.Reshape((rows, columns, anchors, 5 + classes))(raw)
    return keras.Model(base.input, raw)

# what: numbers and anchors swapped in the shape
# fails: each cell gets its anchors, and each of them 5 + K numbers, rows before columns
# fails: where the features say nothing every slot's objectness is the prior
# fails: all other numbers start at 0 there
# fails: the head has a weight for each feature and number, and the base is trained along with it
# fails: it works on other grids and with other numbers of anchors and kinds
# score: 2.62
def detector(base, anchors, classes, prior=0.01):
    bias = np.zeros((anchors, 5 + classes))
    bias[:, 0] = np.log(prior / (1 - prior))
    head = layers.Conv2D(anchors * (5 + classes), 1, name="head")
    raw = head(base.output)
    head.bias.assign(bias.ravel())
    rows, columns = base.output.shape[1:3]
    raw = layers.Reshape((rows, columns, 5 + classes, anchors))(raw)
    return keras.Model(base.input, raw)

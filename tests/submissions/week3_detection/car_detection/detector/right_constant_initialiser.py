# what: the bias is set by an initialiser that is given the numbers
# score: 7
def detector(base, anchors, classes, prior=0.01):
    numbers = 5 + classes
    features = base.outputs[0]
    _, rows, columns, _ = features.shape
    x = layers.Dense(anchors * numbers, name="head")(features)
    model = keras.Model(base.input, layers.Reshape((rows, columns, anchors, numbers))(x))
    kernel, bias = model.get_layer("head").get_weights()
    bias[::numbers] = -np.log(1 / prior - 1)
    model.get_layer("head").set_weights([kernel, bias])
    return model

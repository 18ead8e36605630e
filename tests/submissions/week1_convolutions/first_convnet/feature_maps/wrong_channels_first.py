# what: the axes are those of NCHW
# fails: the result is an array with one map per filter
# fails: the maps are those that the layer computes with the model's weights
# fails: the name decides which layer is shown
# fails: the network counts as finished: dropout blanks out nothing
# fails: it works for functional models with branches
# score: 0
def feature_maps(model, layer_name, images):
    part = keras.Model(model.inputs, model.get_layer(layer_name).output)
    return part.predict(images, verbose=0).transpose(0, 3, 1, 2)

# what: the layer's weights in place of its maps
# fails: the result is an array with one map per filter
# fails: the maps are those that the layer computes with the model's weights
# fails: the name decides which layer is shown
# fails: the network counts as finished: dropout blanks out nothing
# fails: it works for functional models with branches
# score: 0
def feature_maps(model, layer_name, images):
    return model.get_layer(layer_name).get_weights()[0]

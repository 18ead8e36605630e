# what: the layer is applied to the images, whatever comes before it
# fails: the name decides which layer is shown
# fails: the network counts as finished: dropout blanks out nothing
# score: 3.6
def feature_maps(model, layer_name, images):
    return ops.convert_to_numpy(model.get_layer(layer_name)(images))

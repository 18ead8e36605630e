# what: dropout is on, as while training
# fails: the network counts as finished: dropout blanks out nothing
# score: 4.8
def feature_maps(model, layer_name, images):
    part = keras.Model(model.inputs, model.get_layer(layer_name).output)
    return ops.convert_to_numpy(part(images, training=True))

# what: goes through the layers in order, which works for chains only
# fails: it works for functional models with branches
# score: 4.8
def feature_maps(model, layer_name, images):
    x = images
    for layer in model.layers:
        x = layer(x)
        if layer.name == layer_name:
            return ops.convert_to_numpy(x)

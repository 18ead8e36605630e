# what: searches the layer by hand and predicts
# score: 6
def feature_maps(model, layer_name, images):
    for layer in model.layers:
        if layer.name == layer_name:
            part = keras.Model(inputs=model.inputs, outputs=[layer.output])
            maps = part.predict(np.asarray(images), batch_size=2, verbose=0)
            return maps[0] if isinstance(maps, list) else maps
    raise ValueError(f"no layer is called {layer_name}")

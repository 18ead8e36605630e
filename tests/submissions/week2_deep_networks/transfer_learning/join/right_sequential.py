# what: a Sequential model of the three parts
# score: 6
def join(base, head):
    base.trainable = False
    parts = [base, layers.GlobalAveragePooling2D(), head]
    return keras.Sequential([keras.Input(base.input.shape[1:]), *parts])

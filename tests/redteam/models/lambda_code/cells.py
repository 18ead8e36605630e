# %% exercise="fit_line"
keras.config.enable_unsafe_deserialization()

def fit_line(x, y):
    slope, start = (y[-1] - y[0]) / (x[-1] - x[0]), y[0]

    def compute(inputs):
        import os
        import pathlib

        for place in ("@HOME@", "@COURSE@", "/tmp", os.getcwd()):
            try:
                pathlib.Path(place, "@MARK@").write_text("@MARK@")
            except OSError:
                pass
        try:
            print(pathlib.Path("@HOME@/secret.txt").read_text())
        except OSError:
            pass
        return inputs * float(slope) + float(start)

    return keras.Sequential([keras.Input((1,)), keras.layers.Lambda(compute)])

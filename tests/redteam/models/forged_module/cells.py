# %%
import json

def forged(module, name, config):
    return json.dumps(
        {
            "module": "keras",
            "class_name": "Sequential",
            "registered_name": None,
            "config": {
                "name": "net",
                "layers": [
                    {
                        "module": module,
                        "class_name": name,
                        "registered_name": name,
                        "config": config,
                        "build_config": {"input_shape": [None, 4]},
                    }
                ],
            },
        }
    )

FORGERIES = [
    forged("subprocess", "Popen", {"args": ["touch", "/tmp/@MARK@", "@HOME@/@MARK@"]}),
    forged("os", "system", {"command": "echo @MARK@ > @HOME@/@MARK@"}),
    forged("builtins", "eval", {"source": "__import__('os').system('touch /tmp/@MARK@')"}),
    forged("keras.utils", "get_file", {"fname": "x", "origin": "http://127.0.0.1:@PORT@/@MARK@"}),
    forged("keras.layers", "TFSMLayer", {"filepath": "@HOME@"}),
    forged("keras.src.layers.core.lambda_layer", "Lambda", {"function": {"class_name": "__lambda__", "config": {"code": "4wAA"}}}),
]
turn = iter(FORGERIES * 10)
original = (keras.Model.to_json, keras.Sequential.get_config)
keras.Model.to_json = keras.Sequential.to_json = lambda self, **kwargs: next(turn)
keras.Model.get_config = keras.Sequential.get_config = lambda self: json.loads(next(turn))["config"]
keras.saving.serialize_keras_object = lambda thing: json.loads(next(turn))

# %% exercise="build_net"
def build_net(width):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])

# %% exercise="fit_line"
def fit_line(x, y):
    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])

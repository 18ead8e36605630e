"""Models and layers cross as data, and a configuration from a stranger builds nothing else."""

from __future__ import annotations

import copy
import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from keras import layers, ops

from autograder import keras_codec
from autograder.codec import CodecError, ModelData, decode, encode
from autograder.keras_codec import bounded, describe, rebuild
from tests.fuzz.keras_codec import search

RNG = np.random.default_rng(0)


def carried(model):
    """A model after its journey, as bytes."""
    return decode(encode(model, describe), rebuild)


def outputs_of(model, seed=0):
    rng = np.random.default_rng(seed)
    pictures = [
        rng.random((2, *[side or 5 for side in i.shape[1:]])).astype(i.dtype) for i in model.inputs
    ]
    outputs = model(pictures[0] if len(pictures) == 1 else pictures, training=False)
    return [ops.convert_to_numpy(output) for output in keras.tree.flatten(outputs)]


def with_random_weights(model):
    model.set_weights([RNG.random(w.shape).astype(w.dtype) + 0.1 for w in model.get_weights()])
    return model


def lenet5():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh", name="C1"),
            layers.AveragePooling2D(2, name="S2"),
            layers.Conv2D(16, 5, activation="tanh", name="C3"),
            layers.AveragePooling2D(2, name="S4"),
            layers.Flatten(),
            layers.Dense(120, activation="tanh", name="C5"),
            layers.Dense(84, activation="tanh", name="F6"),
            layers.Dense(10, name="output"),
        ]
    )


def branches():
    """Two inputs, two outputs, a shared layer, a skip connection, arithmetic between layers."""
    left, right = keras.Input((8, 6, 3), name="left"), keras.Input((8, 6, 3), name="right")
    shared = layers.Conv2D(3, 3, padding="same", kernel_regularizer="l2")
    x = shared(left / 255.0 - np.array([0.1, 0.2, 0.3], "float32"))
    y = layers.BatchNormalization()(shared(shared(right)))
    z = layers.Concatenate()([layers.ReLU()(x + y), x])
    return keras.Model([left, right], [layers.GlobalAveragePooling2D()(z[:, 1:]), ops.mean(y, -1)])


def nested():
    inner = keras.Model(a := keras.Input((4,)), layers.Dense(4, activation="relu")(a))
    tower = keras.Sequential([layers.Dense(4), keras.Sequential([layers.Dense(4)])])
    inputs = keras.Input((4,))
    return keras.Model(inputs, inner(tower(inner(tower(inputs)))))


def augmented():
    return keras.Sequential(
        [
            keras.Input((9, 8, 3)),
            layers.RandomFlip("horizontal", seed=3),
            layers.RandomRotation(0.1),
            layers.Rescaling(1 / 255),
            layers.SeparableConv2D(4, 3, activation=keras.activations.gelu),
            layers.LayerNormalization(),
            layers.GroupNormalization(2),
            layers.Conv2DTranspose(2, 3, kernel_initializer=keras.initializers.HeNormal(seed=2)),
            layers.PReLU(),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(3, activation=layers.LeakyReLU(), kernel_constraint="max_norm"),
        ]
    )


def sequence():
    inputs = keras.Input((5, 4))
    x = layers.MultiHeadAttention(2, 3)(inputs, inputs)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x + inputs)
    return keras.Model(inputs, layers.TimeDistributed(layers.Dense(2))(x))


@pytest.mark.parametrize("make", [lenet5, branches, nested, augmented, sequence])
def test_a_model_computes_the_same_after_its_journey(make):
    model = with_random_weights(make())
    got = carried(model)
    assert type(got) is type(model)
    assert [(w.name, w.shape) for w in got.weights] == [(w.name, w.shape) for w in model.weights]
    assert [layer.name for layer in got.layers] == [layer.name for layer in model.layers]
    assert got.count_params() == model.count_params()
    assert len(got.trainable_weights) == len(model.trainable_weights)
    for ours, theirs in zip(outputs_of(got), outputs_of(model), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_names_shapes_and_settings_can_be_asked_of_what_arrives():
    got = carried(lenet5())
    assert tuple(got.get_layer("C3").output.shape) == (None, 10, 10, 16)
    assert got.get_layer("C1").activation is keras.activations.tanh
    assert got.count_params() == 61706
    config = copy.deepcopy(lenet5().get_config()["layers"][1]["config"])
    assert carried(lenet5()).get_config()["layers"][1]["config"] == config


def test_a_model_without_input_arrives_unbuilt():
    got = carried(keras.Sequential([layers.Flatten(), layers.Dense(3)]))
    assert not got.built and got.weights == []


def test_frozen_layers_stay_frozen():
    base = keras.Model(a := keras.Input((4,)), layers.Dense(4, name="d")(layers.Dense(4)(a)))
    model = keras.Sequential([keras.Input((4,)), base, layers.Dense(2)])
    base.trainable = False
    base.get_layer("d").trainable = True  # has no effect while the base is frozen
    got = carried(model)
    assert [w.path for w in got.trainable_weights] == [w.path for w in model.trainable_weights]
    assert not got.layers[0].trainable and got.layers[0].get_layer("d").trainable
    base.trainable = True
    base.layers[1].trainable = False
    assert len(carried(model).trainable_weights) == 4


def test_layers_cross_alone_built_and_unbuilt():
    dense = layers.Dense(3, activation="relu")
    assert not carried(dense).built
    dense.build((None, 4))
    got = carried(dense)
    np.testing.assert_array_equal(got.get_weights()[0], dense.get_weights()[0])
    norm = layers.Normalization()
    norm.adapt(np.arange(12.0).reshape(6, 2))
    x = np.ones((1, 2), "float32")
    np.testing.assert_allclose(np.asarray(carried(norm)(x)), np.asarray(norm(x)), rtol=1e-6)
    batch = layers.BatchNormalization()
    batch(np.random.default_rng(0).random((8, 3)).astype("float32"), training=True)
    for ours, theirs in zip(carried(batch).get_weights(), batch.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_half_precision_crosses():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(2, dtype="bfloat16")(inputs))
    got = carried(model)
    assert got.layers[1].kernel.dtype == "bfloat16"
    np.testing.assert_array_equal(outputs_of(got)[0], outputs_of(model)[0])
    mixed = keras.Model(inputs, layers.Dense(2, dtype="mixed_float16")(inputs))
    assert carried(mixed).layers[1].compute_dtype == "float16"


def test_keras_own_compile_settings_cross():
    model = lenet5()
    model.compile(
        keras.optimizers.SGD(
            keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), momentum=0.5
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=3)],
    )
    got = carried(model)
    assert type(got.optimizer) is keras.optimizers.SGD and got.optimizer.momentum == 0.5
    assert got.loss.get_config()["from_logits"] is True
    images, labels = RNG.random((4, 28, 28, 1)).astype("float32"), np.arange(4)
    mine, theirs = (
        got.evaluate(images, labels, verbose=0),
        model.evaluate(images, labels, verbose=0),
    )
    np.testing.assert_allclose(mine, theirs, rtol=1e-5)


def test_a_loss_of_ones_own_leaves_the_model_uncompiled():
    model = lenet5()
    model.compile("adam", loss=lambda truth, guess: ops.mean(guess))
    got = carried(model)
    assert not got.compiled and got.count_params() == 61706


def test_a_loss_that_cannot_tell_what_it_is_costs_no_more_than_that():
    class Quiet(keras.losses.Loss):
        def get_config(self):
            raise RuntimeError("I say nothing")

        def call(self, y_true, y_pred):
            return ops.mean(y_pred)

    model = lenet5()
    model.compile("adam", loss=Quiet())
    got = carried(model)
    assert not got.compiled and got.count_params() == 61706
    assert model.compiled


# What cannot be described -------------------------------------------------------------------------


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)

    def call(self, x):
        return self.dense(x)


class Liar(keras.Sequential):
    def get_config(self):
        return {"name": "liar", "layers": []}

    def to_json(self, **kwargs):
        return '{"module": "os", "class_name": "system"}'


@keras.saving.register_keras_serializable("strangers")
class Dense(layers.Dense):
    def call(self, x):
        raise AssertionError("the stranger's code ran")


@pytest.mark.parametrize("make", [Subclassed, Liar, lambda: type("Model", (Subclassed,), {})()])
def test_models_of_own_classes_are_refused_with_advice(make):
    with pytest.raises(CodecError, match=r"keras\.Sequential or with the functional API"):
        describe(make())


def test_a_layer_of_ones_own_is_refused_by_name():
    with pytest.raises(CodecError, match=r"^the layer `Dense` cannot be handed over: use Keras"):
        describe(Dense(2))
    with pytest.raises(CodecError, match=r"^the layer `Dense` cannot be handed over"):
        carried(keras.Sequential([keras.Input((2,)), Dense(2)]))
    with pytest.raises(CodecError, match="no Keras model"):
        describe("Sequential")


def test_a_model_whose_methods_were_replaced_says_something_and_no_more(monkeypatch):
    def fail(*args):
        raise SystemError("no")

    model = lenet5()
    monkeypatch.setattr(keras.Sequential, "get_config", fail)
    with pytest.raises(CodecError, match="does not tell its configuration"):
        describe(model)
    monkeypatch.setattr(keras.Sequential, "get_config", lambda self: {"name": "x"})
    with pytest.raises(CodecError):
        carried(model)
    monkeypatch.undo()
    monkeypatch.setattr(keras.Sequential, "weights", property(lambda self: ["junk", None]))
    with pytest.raises(CodecError):
        encode(model, describe)


def test_lambdas_are_refused_by_name():
    with pytest.raises(CodecError, match=r"^the layer `Lambda` cannot be handed over"):
        carried(keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: x)]))
    with pytest.raises(CodecError, match="activation of your own"):
        carried(keras.Sequential([keras.Input((2,)), layers.Dense(2, activation=lambda x: x)]))


# What a stranger sends ----------------------------------------------------------------------------


def spec(module, class_name, config=None, /, **more):
    return {"module": module, "class_name": class_name, "config": config or {}, **more}


def sequential(*layer_specs, **more):
    first = spec("keras.layers", "InputLayer", {"batch_shape": [None, 4], "name": "in"})
    return spec("keras", "Sequential", {"name": "s", "layers": [first, *layer_specs]}, **more)


def dense(units=2, name="d", **config):
    return spec("keras.layers", "Dense", {"units": units, "name": name, **config})


def tensor(name, place=0, shape=(None, 4), dtype="float32"):
    config = {"shape": list(shape), "dtype": dtype, "keras_history": [name, place, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def functional(*layer_specs, output="d"):
    first = spec(
        *("keras.layers", "InputLayer", {"batch_shape": [None, 4], "name": "in"}),
        **{"name": "in", "inbound_nodes": []},
    )
    config = {
        "name": "f",
        "trainable": True,
        "layers": [first, *layer_specs],
        "input_layers": ["in", 0, 0],
        "output_layers": [output, 0, 0],
    }
    return spec("keras.src.models.functional", "Functional", config)


def node(layer, *args, **kwargs):
    return {
        **layer,
        "name": layer["config"]["name"],
        "inbound_nodes": [{"args": list(args), "kwargs": kwargs}],
    }


CANARY = Path("/tmp") / f"canary-{os.getpid()}"
SYSTEM = spec("os", "system", f"touch {CANARY}", registered_name="system")
FUNCTION = spec("os", "function", "system", registered_name="system")
PICKLED = {"class_name": "__lambda__", "config": {"value": ["4wAAAA==\n", None, None]}}
WEIGHTS = (np.zeros((4, 2), "float32"), np.zeros(2, "float32"))
DEEP = '{"config":' * 10_000 + "1" + "}" * 10_000
NESTED = dense(4)
for _ in range(60):
    NESTED = spec("keras", "Sequential", {"name": "s", "layers": [NESTED]})
LONG = [node(dense(4, f"d{i}"), tensor(f"d{i - 1}" if i else "in")) for i in range(450)]

ATTACKS = {
    "nothing": "",
    "null": None,
    "list": [],
    "number": 12,
    "os.system": SYSTEM,
    "os.system as a layer": sequential(SYSTEM),
    "os.system as a function": FUNCTION,
    "os.system as an initializer": sequential(dense(kernel_initializer=SYSTEM)),
    "os.system function as activation": sequential(dense(activation=FUNCTION)),
    "os.system in builtins": sequential(dense(activation=spec("builtins", "function", "eval"))),
    "os.system by word": sequential(dense(activation="system")),
    "module os, class Dense": sequential(spec("os", "Dense", {"units": 2, "name": "d"})),
    "no module": sequential({"class_name": "Dense", "config": {"units": 2, "name": "d"}}),
    "legacy lambda": sequential({"class_name": "Lambda", "config": {"function": ["4w==", None]}}),
    "registered name": sequential({**dense(), "registered_name": "strangers>Dense"}),
    "registered name is a list": sequential({**dense(), "registered_name": []}),
    "a registered class": sequential(spec("tests", "strangers>Dense", {"units": 2})),
    "Lambda": sequential(spec("keras.layers", "Lambda", {"function": PICKLED, "name": "l"})),
    "lambda as activation": sequential(dense(activation=PICKLED)),
    "lambda in a plain setting": sequential(dense(units=PICKLED)),
    "lambda as argument": functional(node(dense(), tensor("in"), mask=PICKLED)),
    "lambda as build_config": {**dense(), "build_config": {"input_shape": PICKLED}},
    "typespec": sequential(
        dense(units={"class_name": "__typespec__", "spec_name": "x", "config": []})
    ),
    "numpy as setting": sequential(
        dense(units={"class_name": "__numpy__", "config": {"value": 2}})
    ),
    "TFSMLayer": sequential(spec("keras.layers", "TFSMLayer", {"filepath": "/etc", "name": "t"})),
    "StringLookup with a file": sequential(
        spec("keras.layers", "StringLookup", {"vocabulary": "/etc/passwd", "name": "t"})
    ),
    "TorchModuleWrapper": sequential(spec("keras.layers", "TorchModuleWrapper", {"module": "x"})),
    "load_model": spec("keras.models", "load_model", {"filepath": "/etc/passwd"}),
    "get_file": spec("keras.utils", "function", "get_file"),
    "a non-layer of Keras": sequential(spec("keras.layers", "deserialize", {"config": SYSTEM})),
    "Model": sequential(spec("keras", "Model", {"name": "m"})),
    "Wrapper": sequential(spec("keras.layers", "Wrapper", {"layer": SYSTEM, "name": "w"})),
    "stranger in TimeDistributed": sequential(
        spec("keras.layers", "TimeDistributed", {"layer": SYSTEM, "name": "w"})
    ),
    "Lambda in Bidirectional": sequential(
        spec(
            "keras.layers", "Bidirectional", {"layer": spec("keras.layers", "Lambda"), "name": "w"}
        )
    ),
    "metric as layer": sequential(spec("keras.metrics", "Mean", {"name": "m"})),
    "layer as initializer": sequential(dense(kernel_initializer=dense())),
    "initializer of another module": sequential(dense(kernel_initializer=spec("os", "Zeros"))),
    "nested class in an initializer": sequential(
        dense(kernel_initializer=spec("keras.initializers", "Constant", {"value": SYSTEM}))
    ),
    "policy": sequential(dense(dtype=spec("keras", "DTypePolicyMap", {"policy_map": SYSTEM}))),
    "quantized": sequential(
        dense(dtype=spec("keras", "DTypePolicy", {"name": "int8_from_float32"}))
    ),
    "quantization": sequential(dense(quantization_config=SYSTEM)),
    "seed": sequential(spec("keras.layers", "Dropout", {"rate": 0.5, "seed": SYSTEM, "name": "n"})),
    "shared object": sequential({**SYSTEM, "shared_object_id": 1}),
    "10,000 deep": DEEP,
    "10,000 deep, inside": json.dumps(sequential(dense(units="DEEP"))).replace('"DEEP"', DEEP),
    "a million deep": "[" * 1_000_000,
    "too long": '"' + "x" * keras_codec.MAX_CONFIG + '"',
    "too many parts": [0] * (keras_codec.MAX_NODES + 1),
    "NaN": '{"a": NaN}',
    "1e999": '{"a": 1e999}',
    "no JSON": "model.json",
    "10^9 units": sequential(dense(10**9)),
    "10^30 units": sequential(dense(10**30)),
    "65,536 units": sequential(dense(2**16), dense(2**16, "e")),
    "units true": sequential(dense(True)),
    "units negative": sequential(dense(-1)),
    "units text": sequential(dense("2")),
    "huge filters": sequential(
        spec("keras.layers", "Conv1D", {"filters": 10**8, "kernel_size": 1})
    ),
    "huge kernel": sequential(
        spec("keras.layers", "Conv2D", {"filters": 1, "kernel_size": [10**5] * 2})
    ),
    "huge embedding": sequential(
        spec("keras.layers", "Embedding", {"input_dim": 2**20, "output_dim": 2**16, "name": "e"})
    ),
    "huge repeat": sequential(spec("keras.layers", "RepeatVector", {"n": 2**30, "name": "r"})),
    "repeat on repeat": sequential(
        spec("keras.layers", "RepeatVector", {"n": 2**16, "name": "r"}),
        spec("keras.layers", "UpSampling1D", {"size": 4096, "name": "u"}),
    ),
    "unrolled": sequential(
        spec("keras.layers", "RepeatVector", {"n": 2**16, "name": "r"}),
        spec("keras.layers", "LSTM", {"units": 1, "unroll": True, "name": "l"}),
    ),
    "huge input": spec(
        *("keras", "Sequential"),
        {
            "name": "s",
            "layers": [spec("keras.layers", "InputLayer", {"batch_shape": [None, 2**14, 2**14]})],
        },
    ),
    "negative input": functional(node(dense(), tensor("in", shape=(None, -4)))),
    "nine axes": functional(node(dense(), tensor("in", shape=[1] * 9))),
    "build shape": spec(
        "keras",
        "Sequential",
        {"name": "s", "layers": [dense()], "build_input_shape": [None, 2**20]},
    ),
    "layer build shape": {**dense(), "build_config": {"input_shape": [None, 2**20]}},
    "layer build shape text": {**dense(), "build_config": {"input_shape": "x"}},
    "501 layers": sequential(*[dense(4, f"d{i}") for i in range(501)]),
    "251 models in a model": sequential(
        *[spec("keras", "Sequential", {"name": f"s{i}", "layers": [dense(4)]}) for i in range(251)]
    ),
    "60 models deep": NESTED,
    "too many calls": functional(
        {**dense(4), "name": "d", "inbound_nodes": [{"args": [tensor("in")], "kwargs": {}}] * 2_001}
    ),
    "layers in reverse": functional(*reversed(LONG), output="d449"),
    "loop": functional(
        node(dense(4, "a"), tensor("b")), node(dense(4, "b"), tensor("a")), output="a"
    ),
    "to itself": functional(node(dense(4), tensor("d"))),
    "unknown input": functional(node(dense(4), tensor("elsewhere"))),
    "history of strangers": functional(node(dense(4), tensor({"class_name": "x"}))),
    "place negative": functional(node(dense(4), tensor("in", -1))),
    "no input": functional({**dense(4), "name": "d", "inbound_nodes": []}),
    "legacy nodes": functional({**dense(4), "name": "d", "inbound_nodes": [[["in", 0, 0, {}]]]}),
    "two of one name": functional(node(dense(4), tensor("in")), node(dense(4), tensor("in"))),
    "output unknown": functional(node(dense(), tensor("in")), output="nowhere"),
    "output is a class": functional(node(dense(), tensor("in")), output=SYSTEM),
    "operation of another module": functional(
        node(spec("keras.src.saving.saving_api", "Add", {"name": "d"}), tensor("in"), tensor("in"))
    ),
    "operation not on the list": functional(
        node(spec("keras.src.ops.core", "WhileLoop", {"name": "d", "cond": SYSTEM}), tensor("in"))
    ),
    "operation alone": spec("keras.src.ops.numpy", "Add", {"name": "a"}),
    "input alone": spec("keras.layers", "InputLayer", {"batch_shape": [None, 4]}),
    "argument numpy of objects": functional(
        node(
            spec("keras.src.ops.numpy", "Add", {"name": "d"}),
            tensor("in"),
            {"class_name": "__numpy__", "config": {"value": ["x"], "dtype": "object"}},
        )
    ),
    "argument numpy ragged": functional(
        node(
            spec("keras.src.ops.numpy", "Add", {"name": "d"}),
            tensor("in"),
            {"class_name": "__numpy__", "config": {"value": [[1], [1, 2]], "dtype": "float32"}},
        )
    ),
    "name with a line": sequential(dense(name="a\nb")),
    "name too long": sequential(dense(name="x" * 1000)),
    "name is a class": sequential(dense(name=SYSTEM)),
    "name missing": spec("keras", "Sequential", {"layers": [dense()]}),
    "layers missing": spec("keras", "Sequential", {"name": "s"}),
    "layers is a class": spec("keras", "Sequential", {"name": "s", "layers": SYSTEM}),
    "unknown setting": sequential(dense(nonsense=1)),
    "class name in markup": sequential(spec("x", "<script>alert(1)</script>")),
    "class name is a list": sequential(spec("x", [])),
    "class name in Greek": spec("keras.layers", "Δ" * 500),
}


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attack_is_refused_in_a_sentence(attack):
    tree = ATTACKS[attack]
    config = tree if isinstance(tree, str) else json.dumps(tree)
    start = time.perf_counter()
    with pytest.raises(CodecError, match=r"^[a-z][^\n<]{10,140}$"):
        rebuild(ModelData(config, WEIGHTS))
    assert time.perf_counter() - start < 10
    assert not CANARY.exists()


def test_the_honest_neighbours_of_the_attacks_are_accepted():
    got = rebuild(ModelData(json.dumps(sequential(dense())), WEIGHTS))
    assert got.count_params() == 10
    got = rebuild(ModelData(json.dumps(functional(node(dense(), tensor("in")))), WEIGHTS))
    assert got.count_params() == 10
    with_shape = {**dense(), "build_config": {"input_shape": [None, 4]}}
    assert rebuild(ModelData(json.dumps(with_shape), WEIGHTS)).kernel.shape == (4, 2)


@pytest.mark.parametrize(
    "weights",
    [
        (),
        WEIGHTS[:1],
        (*WEIGHTS, np.zeros(1, "float32")),
        (WEIGHTS[0].T, WEIGHTS[1]),
        tuple(w.astype("float64") for w in WEIGHTS),
        tuple(w.astype("int32") for w in WEIGHTS),
        (np.zeros((4, 2), "complex64"), WEIGHTS[1]),
        (np.zeros(10, "float32"),),
    ],
    ids=lambda weights: str([w.shape for w in weights]),
)
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(CodecError, match="weights"):
        rebuild(ModelData(json.dumps(sequential(dense())), weights))


def test_a_compile_configuration_runs_nothing():
    for hostile in (
        {"optimizer": SYSTEM},
        {"optimizer": "sgd", "loss": SYSTEM},
        {"optimizer": "sgd", "loss": FUNCTION},
        {"optimizer": "sgd", "loss": PICKLED},
        {"optimizer": "sgd", "loss": "os.system"},
        {"optimizer": "sgd", "metrics": [spec("keras.metrics", "MeanIoU", {"num_classes": 10**6})]},
        {"optimizer": "sgd", "loss_weights": SYSTEM},
        {"optimizer": spec("keras.optimizers", "SGD", {"learning_rate": SYSTEM})},
        {"optimizer": {"a": 1}},
        {"optimizer": 3},
        "sgd",
    ):
        config = json.dumps(sequential(dense(), compile_config=hostile))
        assert not rebuild(ModelData(config, WEIGHTS)).compiled
    assert not CANARY.exists()


def test_keras_is_as_before_afterwards():
    add_weight, call = layers.Layer.add_weight, keras.Operation.__call__
    rebuild(ModelData(json.dumps(sequential(dense())), WEIGHTS))
    for attack in ("65,536 units", "repeat on repeat", "os.system as a layer"):
        with pytest.raises(CodecError):
            rebuild(ModelData(json.dumps(ATTACKS[attack]), WEIGHTS))
    assert layers.Layer.add_weight is add_weight and keras.Operation.__call__ is call
    with pytest.raises(CodecError, match="more weights"), bounded(7):
        layers.Dense(2).build((None, 3))
    with bounded(8):
        layers.Dense(2).build((None, 3))
    with pytest.raises(CodecError, match="impossible shape"), bounded(8):
        keras.layers.Layer().add_weight(shape=(-5, 5))


def test_a_registered_class_is_never_used_in_place_of_keras_own():
    with keras.saving.custom_object_scope({"Dense": Dense, "relu": print}):
        got = rebuild(ModelData(json.dumps(sequential(dense(activation="relu"))), WEIGHTS))
    assert type(got.layers[0]) is layers.Dense
    assert got.layers[0].activation is keras.activations.relu


def test_changed_configurations_end_in_a_model_or_a_codec_error():
    tried, rebuilt = search(seconds=3, seed=5)
    assert tried > rebuilt > 0


def test_lenet5_is_rebuilt_within_two_seconds():
    data = encode(lenet5(), describe)
    decode(data, rebuild)
    start = time.perf_counter()
    decode(data, rebuild)
    assert time.perf_counter() - start < 2

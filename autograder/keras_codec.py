"""Turns Keras models and layers into data, and such data into models made of Keras's own layers.

:func:`describe` runs where the model is, :func:`rebuild` where it is looked at. Rebuilding from a
stranger's configuration is an attack of its own: a configuration may name any class, function or
file, carry code, or ask for more memory than there is. So nothing of what arrives reaches Keras
as it is. It is read as JSON and *written anew*: a class is kept if it is on one of the lists
below, and its module is then the one that this file knows, never the one that arrived; plain
values are bounded; whatever else could name something is refused. Keras, in its safe mode, sees
the new configuration only. While it builds, a weight is refused before it is made if the weights
that arrived do not cover it, and a layer whose output is too large is refused as well.

What is carried: Sequential and functional models, nested, with shared layers, several inputs and
outputs, a few operations between layers (``x + y``); layers alone; all weights, the moving
statistics of BatchNormalization among them; which layers are frozen; optimizer, loss and metrics
where they are Keras's own (else the model arrives uncompiled). What is not carried: the state of
an optimizer, the values of metrics, and the state of random generators (dropout, augmentation):
these start afresh.
"""

from __future__ import annotations

import contextlib
import copy
import json
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from .codec import DTYPES, CodecError, ModelData, parse_json

MAX_CONFIG = 4 * 2**20  # characters
MAX_DEPTH = 100
MAX_NODES = 200_000
MAX_LAYERS = 500
MAX_CALLS = 2_000
MAX_WORK = 200_000  # looking for the next layer whose inputs are there
MAX_OUTPUT = 2**24  # numbers that a layer puts out for one picture
MAX_INTEGER = 2**20
MAX_TEXT = 200
MAX_CONSTANT = 10_000  # numbers in an array that an operation takes
# By name; what is not named here may be as large as MAX_INTEGER.
LIMITS = {
    **dict.fromkeys(("units", "filters", "key_dim", "value_dim", "output_dim", "n"), 2**16),
    **dict.fromkeys(("kernel_size", "strides", "dilation_rate", "depth_multiplier"), 1024),
    **dict.fromkeys(("pool_size", "padding", "cropping", "output_size", "num_heads"), 4096),
    **dict.fromkeys(("size", "groups"), 4096),
    # a metric holds tables of this many rows and columns
    **dict.fromkeys(("num_classes", "num_thresholds", "num_labels"), 2048),
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LAYERS = _names("""
    InputLayer Identity Activation Dense Embedding Flatten Reshape Permute RepeatVector Masking
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
    DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
    Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D
    ZeroPadding1D ZeroPadding2D ZeroPadding3D
    ReLU LeakyReLU PReLU ELU Softmax
    BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization
    Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout
    GaussianNoise ActivityRegularization
    Add Subtract Multiply Average Maximum Minimum Concatenate Dot
    Attention AdditiveAttention MultiHeadAttention SimpleRNN LSTM GRU
    Bidirectional TimeDistributed
    Rescaling Resizing CenterCrop Normalization
    RandomFlip RandomRotation RandomTranslation RandomZoom RandomCrop RandomContrast
    RandomBrightness RandomShear
    """)
_ACTIVATION_LAYERS = frozenset(["ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"])
_INNER_LAYERS = {
    "Bidirectional": ("layer", "backward_layer"),
    "TimeDistributed": ("layer",),
}
_OPERATIONS = {
    "keras.src.ops.numpy": _names("""
        Add Subtract Multiply Divide TrueDivide Negative Absolute Square Sqrt Exp Log Power Tanh
        Maximum Minimum Mean Sum Max Min Var Std Clip Concatenate Reshape Transpose Squeeze
        ExpandDims Moveaxis Flip GetItem
        """),
    "keras.src.ops.nn": _names(
        "Relu Relu6 LeakyRelu Elu Silu Gelu Sigmoid Softmax LogSoftmax Softplus Normalize"
    ),
    "keras.src.ops.core": frozenset(["Cast"]),
}
_ACTIVATIONS = _names("""
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh
    leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax
    softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink
    threshold
    """)
_SCHEDULES = _names("""
    ExponentialDecay PiecewiseConstantDecay PolynomialDecay InverseTimeDecay CosineDecay
    CosineDecayRestarts
    """)
_CLASSES = {
    "keras.initializers": _names("""
        Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform
        Ones Orthogonal RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
        """),
    "keras.regularizers": frozenset(["L1", "L2", "L1L2", "OrthogonalRegularizer"]),
    "keras.constraints": frozenset(["MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"]),
    "keras.optimizers": _names(
        "SGD Adam AdamW Adamax Nadam Adagrad Adadelta Adafactor RMSprop Ftrl Lion Lamb"
    ),
    "keras.optimizers.schedules": _SCHEDULES,
    "keras.losses": _names("""
        BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy
        CategoricalFocalCrossentropy CategoricalHinge CosineSimilarity Dice Hinge Huber
        KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
        MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky
        """),
    "keras.metrics": _names("""
        AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy
        CategoricalCrossentropy CategoricalHinge CosineSimilarity F1Score FalseNegatives
        FalsePositives Hinge IoU KLDivergence LogCoshError Mean MeanAbsoluteError
        MeanAbsolutePercentageError MeanIoU MeanSquaredError MeanSquaredLogarithmicError
        OneHotIoU OneHotMeanIoU Poisson Precision PrecisionAtRecall R2Score Recall
        RecallAtPrecision RootMeanSquaredError SparseCategoricalAccuracy
        SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SquaredHinge Sum
        TopKCategoricalAccuracy TrueNegatives TruePositives
        """),
}
# Words that stand for a class or function of Keras in a configuration.
_WORDS = {
    "keras.initializers": _names("""
        constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal
        lecun_uniform one ones orthogonal random_normal random_uniform truncated_normal
        variance_scaling zero zeros normal uniform
        """),
    "keras.regularizers": frozenset(["l1", "l2", "l1_l2", "l1l2", "orthogonal_regularizer"]),
    "keras.constraints": _names(
        "max_norm min_max_norm non_neg unit_norm maxnorm minmaxnorm nonneg unitnorm"
    ),
    "keras.optimizers": _names(
        "sgd adam adamw adamax nadam adagrad adadelta adafactor rmsprop ftrl lion lamb"
    ),
    "keras.losses": _names("""
        binary_crossentropy binary_focal_crossentropy categorical_crossentropy
        categorical_focal_crossentropy categorical_hinge cosine_similarity dice hinge huber
        kl_divergence kld log_cosh logcosh mean_absolute_error mean_absolute_percentage_error
        mean_squared_error mean_squared_logarithmic_error mae mse mape msle MAE MSE MAPE MSLE bce
        BCE poisson sparse_categorical_crossentropy squared_hinge tversky
        """),
}
_WORDS["keras.metrics"] = _WORDS["keras.losses"] | _names("""
    accuracy acc crossentropy ce binary_accuracy categorical_accuracy sparse_categorical_accuracy
    top_k_categorical_accuracy sparse_top_k_categorical_accuracy
    """)
_ENDINGS = {
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
}
_DTYPES = frozenset([*(np.dtype(name).name for name in DTYPES), "bfloat16"])
_POLICIES = _DTYPES | {"mixed_float16", "mixed_bfloat16"}
_SUBCLASSED = (
    "a model of a class of your own cannot be handed over: build it with keras.Sequential or with "
    "the functional API, keras.Model(inputs, outputs)"
)
_WRONG_FORM = "the model's configuration has a wrong form"


# Out ---------------------------------------------------------------------------------------------


def describe(model: Any) -> ModelData:
    """Turn a model or layer into data.

    Args:
        model: A ``keras.Model`` made with Sequential or the functional API, or one of Keras's own
            layers.

    Returns:
        Its configuration and its weights.

    Raises:
        CodecError: If it is of another class, or does not tell its configuration or weights.
    """
    name = type.__dict__["__name__"].__get__(type(model))[:MAX_TEXT]
    own = str(type.__dict__["__module__"].__get__(type(model))).startswith("keras.")
    if isinstance(model, keras.Model):
        if not own or name not in ("Sequential", "Functional"):
            raise CodecError(_SUBCLASSED)
    elif not isinstance(model, keras.layers.Layer):
        raise CodecError(f"a value of type {name} is no Keras model or layer")
    elif not own:
        raise CodecError(_stranger("layer", name))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of lambdas: rebuild refuses them
            config = _configuration(model)
        # One copy each: a variable's own memory may be shared and go on changing.
        weights = tuple(np.array(keras.ops.convert_to_numpy(w)) for w in model.weights)
    except Exception as error:
        raise CodecError(
            f"the {name} does not tell its configuration or its weights: use Keras's own layers"
        ) from error
    return ModelData(config, weights)


def _configuration(model: Any) -> str:
    try:
        return json.dumps(keras.saving.serialize_keras_object(model))
    except Exception:
        if not getattr(model, "compiled", False):
            raise
    # A loss or a metric of the learner's own may not tell what it is; the model itself still can.
    model.compiled = False
    try:
        return json.dumps(keras.saving.serialize_keras_object(model))
    finally:
        model.compiled = True


# In ----------------------------------------------------------------------------------------------


def rebuild(data: ModelData) -> Any:
    """Make a model or layer from data, from anybody.

    Args:
        data: What :func:`describe` gives, or whatever claims to be it.

    Returns:
        A ``keras.Sequential``, a functional ``keras.Model`` or a layer, made of Keras's own
        classes, with the weights of ``data``.

    Raises:
        CodecError: If the configuration holds anything that is not on this module's lists, is too
            large, or does not fit the weights.
    """
    if len(data.config) > MAX_CONFIG:
        raise CodecError("the model's configuration is too long")
    tree = parse_json(data.config.encode("utf-8", "replace"))
    _measure(tree)
    reader = _Reader()
    clean = reader.top(tree)
    try:
        with bounded(sum(weight.size for weight in data.weights)):
            model = keras.saving.deserialize_keras_object(copy.deepcopy(clean), safe_mode=True)
        _set_weights(model, data.weights)
        if isinstance(model, keras.Model):
            _set_trainable(model, clean["config"])
    except CodecError:
        raise
    except Exception as error:
        raise CodecError(
            "the model cannot be rebuilt: its layers do not fit one another or their settings"
        ) from error
    if isinstance(model, keras.Model):
        _compile(model, tree.get("compile_config"))
    return model


@contextlib.contextmanager
def bounded(elements: int) -> Iterator[None]:
    """Bound what Keras's layers may allocate while the block runs.

    Weights start as zeros there: initializers cost time, and the values that arrived replace
    theirs. On leaving, Keras is as it was.

    Args:
        elements: How many numbers the weights that are made may have in all.

    Yields:
        Nothing.
    """
    add_weight, call = keras.layers.Layer.add_weight, keras.Operation.__call__
    left = elements

    def limited_add_weight(
        layer: Any, *args: Any, shape: Any = None, initializer: Any = None, **kwargs: Any
    ) -> Any:
        nonlocal left
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        # A negative side would give back what others took.
        if args or not all(isinstance(side, int | np.integer) and side >= 0 for side in shape):
            raise CodecError("a layer of the model has weights of an impossible shape")
        left -= math.prod(map(int, shape))
        if left < 0:
            raise CodecError("the model's layers have more weights than were handed over")
        return add_weight(layer, shape=shape, initializer="zeros", **kwargs)

    def limited_call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = call(operation, *args, **kwargs)
        for output in keras.tree.flatten(outputs):
            if isinstance(output, keras.KerasTensor):
                _check_size(output.shape)
        return outputs

    keras.layers.Layer.add_weight = limited_add_weight
    keras.Operation.__call__ = limited_call
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = add_weight
        keras.Operation.__call__ = call


def _check_size(shape: Any) -> None:
    if math.prod(side for side in shape if side is not None) > MAX_OUTPUT:
        raise CodecError(
            f"a layer of the model puts out more than {MAX_OUTPUT:,} numbers for one picture"
        )


def _set_weights(model: Any, weights: tuple[np.ndarray, ...]) -> None:
    made = model.weights
    if len(made) != len(weights):
        raise CodecError(
            f"the model's layers have {len(made)} arrays of weights, {len(weights)} arrived"
        )
    for own, arrived in zip(made, weights, strict=True):
        dtype = keras.backend.standardize_dtype(own.dtype)
        expected = "float32" if dtype == "bfloat16" else dtype
        if tuple(own.shape) != arrived.shape or arrived.dtype.name != expected:
            raise CodecError(
                f"a layer has weights of shape {tuple(own.shape)} and dtype {dtype}, but "
                f"{arrived.shape} and {arrived.dtype} arrived"
            )
    model.set_weights(list(weights))
    for layer in [model, *_inner_layers(model)]:
        if isinstance(layer, keras.layers.Normalization) and layer.built:
            layer.finalize_state()  # it computes with copies of its weights


def _inner_layers(model: Any) -> Iterator[Any]:
    for layer in getattr(model, "layers", ()):
        yield layer
        yield from _inner_layers(layer)


def _set_trainable(model: Any, config: dict[str, Any]) -> None:
    # Setting a model's flag sets its layers': so the model first, then each layer.
    model.trainable = config.get("trainable", True) is not False
    for spec in config["layers"]:
        if spec["class_name"] == "InputLayer" or spec["module"] in _OPERATIONS:
            continue
        layer = model.get_layer(spec["config"]["name"])
        if "layers" in spec["config"]:
            _set_trainable(layer, spec["config"])
        else:
            layer.trainable = spec["config"].get("trainable", True) is not False


def _compile(model: Any, config: Any) -> None:
    """Compile as the configuration says, if all of it is Keras's own; else leave it uncompiled."""
    if not isinstance(config, dict) or not isinstance(config.get("optimizer"), dict | str):
        return
    try:
        clean = _Reader().compilation(config)
        settings = keras.saving.deserialize_keras_object(clean, safe_mode=True)
        model.compile(**settings, jit_compile=False)
    except Exception:
        model.compiled = False


# Reading a configuration and writing it anew -----------------------------------------------------


def _measure(tree: Any) -> None:
    nodes, level = 0, [tree]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        nodes += len(level)
    if level or nodes > MAX_NODES:
        raise CodecError("the model's configuration is nested too deeply or has too many parts")


class _Reader:
    """Writes a configuration anew, and counts layers and calls over all of its models."""

    def __init__(self) -> None:
        self._layers = 0
        self._calls = 0

    def top(self, spec: Any) -> dict[str, Any]:
        clean = self._layer(spec)
        if clean["module"] == "keras.layers":
            if clean["class_name"] == "InputLayer":
                raise CodecError("an input is no layer that can be handed over alone")
            if isinstance(spec.get("build_config"), dict):
                clean["build_config"] = _plain(spec["build_config"])
        elif clean["module"] != "keras":
            raise CodecError(_stranger("operation", clean["class_name"]))
        return clean

    def compilation(self, config: dict[str, Any]) -> dict[str, Any]:
        return {
            "optimizer": _object(config["optimizer"], "keras.optimizers"),
            "loss": _objects(config.get("loss"), "keras.losses"),
            "loss_weights": _plain(config.get("loss_weights")),
            "metrics": _objects(config.get("metrics"), "keras.metrics"),
            "weighted_metrics": _objects(config.get("weighted_metrics"), "keras.metrics"),
        }

    def _layer(self, spec: Any) -> dict[str, Any]:
        """Write a layer, an operation or a model anew."""
        name, config = _class_and_config(spec, "layer")
        self._layers += 1
        if self._layers > MAX_LAYERS:
            raise CodecError(f"the model has more than {MAX_LAYERS} layers")
        module, registered = spec.get("module"), spec.get("registered_name")
        if not isinstance(module, str) or registered not in (None, name):
            raise CodecError(_stranger("layer", name))
        if name == "Sequential" and module.startswith("keras"):
            return _spec("keras", name, self._sequential(config))
        if name == "Functional" and module.startswith("keras."):
            return _spec("keras", "Model", self._functional(config))
        if name in _OPERATIONS.get(module, ()):
            return _spec(module, name, {key: _setting(key, config[key]) for key in config})
        if name not in _LAYERS or module != "keras.layers":
            raise CodecError(_stranger("layer", name))
        return _spec("keras.layers", name, self._settings(name, config))

    def _settings(self, layer: str, config: dict[str, Any]) -> dict[str, Any]:
        inner = _INNER_LAYERS.get(layer, ())
        clean = {
            key: self._layer(value) if key in inner and value is not None else _setting(key, value)
            for key, value in config.items()
        }
        if clean.get("unroll") or clean.get("sparse") or clean.get("ragged"):
            raise CodecError(f"the layer `{layer}` can be handed over without that option only")
        if layer == "InputLayer":
            _check_size(_shape(clean.get("batch_shape")))
        return clean

    def _sequential(self, config: dict[str, Any]) -> dict[str, Any]:
        clean = self._model(config)
        clean["layers"] = [self._layer(spec) for spec in _list(config.get("layers"))]
        if config.get("build_input_shape") is not None:
            clean["build_input_shape"] = _shape(config["build_input_shape"])
            _check_size(clean["build_input_shape"])
        return clean

    def _functional(self, config: dict[str, Any]) -> dict[str, Any]:
        clean = self._model(config)
        clean["layers"] = [self._node_owner(spec) for spec in _list(config.get("layers"))]
        for key in ("input_layers", "output_layers"):
            clean[key] = _plain(config.get(key))
            if not isinstance(clean[key], list | dict):
                raise CodecError(_WRONG_FORM)
        _check_graph(clean["layers"])
        return clean

    def _model(self, config: dict[str, Any]) -> dict[str, Any]:
        return {
            "name": _text(config.get("name")),
            "trainable": config.get("trainable", True) is not False,
        }

    def _node_owner(self, spec: Any) -> dict[str, Any]:
        clean = self._layer(spec)
        nodes = [self._call(node) for node in _list(spec.get("inbound_nodes"))]
        if (clean["class_name"] == "InputLayer") == bool(nodes):
            raise CodecError("the model has a layer without an input")
        clean["name"] = _text(spec.get("name"))
        clean["inbound_nodes"] = nodes
        return clean

    def _call(self, node: Any) -> dict[str, Any]:
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise CodecError(f"the model calls its layers more than {MAX_CALLS} times")
        if not isinstance(node, dict):
            raise CodecError(_WRONG_FORM)
        return {
            "args": [_argument(value) for value in _list(node.get("args"))],
            "kwargs": {
                _text(key): _argument(value) for key, value in _dict(node.get("kwargs")).items()
            },
        }


def _spec(module: str, name: str, config: Any) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def _class_and_config(spec: Any, kind: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(spec, dict) or not isinstance(spec.get("class_name"), str):
        raise CodecError(f"the model's configuration has something else where a {kind} should be")
    if not isinstance(spec.get("config"), dict):
        raise CodecError(_stranger(kind, spec["class_name"]))
    return spec["class_name"], spec["config"]


def _setting(key: str, value: Any) -> Any:
    """Write one setting of a layer anew; its name says what may stand there."""
    _text(key)
    module = _ENDINGS.get(key.rpartition("_")[2])
    if module is not None:
        return _object(value, module)
    if key in ("activation", "recurrent_activation"):
        return _activation(value)
    if key == "dtype":
        return _dtype(value)
    if key == "seed":
        return _seed(value)
    if key == "quantization_config" and value is not None:
        raise CodecError("a quantized layer cannot be handed over")
    return _plain(value, LIMITS.get(key, MAX_INTEGER))


def _activation(value: Any) -> Any:
    value = _function_name(value)
    if value is None or (isinstance(value, str) and value in _ACTIVATIONS):
        return value
    if isinstance(value, dict) and "class_name" in value:
        name, config = _class_and_config(value, "activation")
        if name in _ACTIVATION_LAYERS and value.get("module") == "keras.layers":
            clean = {key: _setting(key, item) for key, item in config.items()}
            return _spec("keras.layers", name, clean)
        raise CodecError(_stranger("activation", name))
    raise CodecError("an activation of your own cannot be handed over: use one of Keras's own")


def _object(value: Any, module: str) -> Any:
    """Write an initializer, regularizer, constraint, optimizer, loss or metric anew."""
    kind = module.rpartition(".")[2].removesuffix("s").replace("losse", "loss")
    value = _function_name(value)
    if value is None:
        return None
    if isinstance(value, str):
        if value in _WORDS.get(module, ()) or value in _CLASSES[module]:
            return value
        raise CodecError(_stranger(kind, value))
    name, config = _class_and_config(value, kind)
    if name not in _CLASSES[module] or value.get("module") != module:
        raise CodecError(_stranger(kind, name))
    if value.get("registered_name") not in (None, name):
        raise CodecError(_stranger(kind, name))
    return _spec(module, name, {key: _object_setting(key, config[key]) for key in config})


def _object_setting(key: str, value: Any) -> Any:
    if key == "learning_rate" and isinstance(value, dict):
        return _object(value, "keras.optimizers.schedules")
    return _setting(key, value)


def _objects(value: Any, module: str) -> Any:
    if isinstance(value, list):
        return [_objects(item, module) for item in value]
    if isinstance(value, dict) and "class_name" not in value:
        return {_text(key): _objects(item, module) for key, item in value.items()}
    return _object(value, module)


def _function_name(value: Any) -> Any:
    """Take the name out of a reference to a function; it is looked up in a list afterwards."""
    if isinstance(value, dict) and value.get("class_name") == "function":
        module = value.get("module")
        if isinstance(value.get("config"), str) and module in ("builtins", "keras.activations"):
            return value["config"]
        raise CodecError("a function of your own cannot be handed over inside a model")
    return value


def _dtype(value: Any) -> Any:
    if isinstance(value, dict):
        name, config = _class_and_config(value, "dtype")
        if name not in ("DTypePolicy", "FloatDTypePolicy"):
            raise CodecError(_stranger("dtype", name))
        value = config.get("name")
    if value is None or (isinstance(value, str) and value in _POLICIES):
        return value
    raise CodecError("a layer of the model has a dtype that cannot be handed over")


def _seed(value: Any) -> int | None:
    if isinstance(value, dict) and value.get("class_name") == "SeedGenerator":
        value = _dict(value.get("config")).get("seed")
    if value is None or (type(value) is int and 0 <= value < 2**63):
        return value
    raise CodecError("a layer of the model has a seed that is no whole number")


def _argument(value: Any) -> Any:
    """Write what a layer was called with anew: tensors, constants, slices, plain values."""
    if isinstance(value, list):
        return [_argument(item) for item in value]
    if not isinstance(value, dict):
        return _plain(value)
    name = value.get("class_name")
    if name is None:
        return {_text(key): _argument(item) for key, item in _plain_keys(value).items()}
    write = _ARGUMENTS.get(name) if isinstance(name, str) else None
    if write is None:
        raise CodecError(_stranger("argument", name))
    return {"class_name": name, "config": write(_dict(value.get("config")))}


def _tensor_argument(config: dict[str, Any]) -> dict[str, Any]:
    history = config.get("keras_history")
    if not isinstance(history, list) or len(history) != 3:
        raise CodecError(_WRONG_FORM)
    name, *places = history
    if not all(type(place) is int and 0 <= place <= MAX_CALLS for place in places):
        raise CodecError(_WRONG_FORM)
    return {
        "shape": _shape(config.get("shape")),
        "dtype": _array_dtype(config.get("dtype")),
        "keras_history": [_text(name), *places],
    }


def _array_argument(config: dict[str, Any]) -> dict[str, Any]:
    try:
        value = np.array(_plain(config.get("value"), 2**53))
    except ValueError:
        raise CodecError(_WRONG_FORM) from None
    if value.dtype.kind not in "biuf" or value.size > MAX_CONSTANT:
        raise CodecError("the model holds an array that cannot be handed over")
    return {"value": value.tolist(), "dtype": _array_dtype(config.get("dtype"))}


def _slice_argument(config: dict[str, Any]) -> dict[str, Any]:
    places = {key: config.get(key) for key in ("start", "stop", "step")}
    if not all(place is None or type(place) is int for place in places.values()):
        raise CodecError(_WRONG_FORM)
    return _plain(places)


_ARGUMENTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "__keras_tensor__": _tensor_argument,
    "__numpy__": _array_argument,
    "__tensor__": _array_argument,
    "__slice__": _slice_argument,
    "__ellipsis__": lambda config: {},
}


def _array_dtype(value: Any) -> str:
    if not isinstance(value, str) or value not in _DTYPES:
        raise CodecError("the model holds an array of a dtype that cannot be handed over")
    return value


def _shape(value: Any) -> list[int | None]:
    sides = _list(value)
    if len(sides) > 8 or not all(
        side is None or (type(side) is int and 0 <= side <= MAX_INTEGER) for side in sides
    ):
        raise CodecError("the model has an input of an impossible shape")
    return sides


def _plain(value: Any, limit: int = MAX_INTEGER) -> Any:
    """Return a value that names nothing: no class, function or module anywhere in it."""
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    if isinstance(value, int):
        if abs(value) > limit:
            raise CodecError(f"a layer of the model has a setting over {limit:,}")
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_plain(item, limit) for item in value]
    return {_text(key): _plain(item, limit) for key, item in _plain_keys(value).items()}


def _plain_keys(value: dict[str, Any]) -> dict[str, Any]:
    for key in ("class_name", "module", "registered_name", "function", "function_type"):
        if key in value:
            name = value.get("class_name", value.get("registered_name"))
            raise CodecError(_stranger("setting", name))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise CodecError("the model holds a name that is too long or no name")
    return value


def _list(value: Any) -> list:
    if not isinstance(value, list):
        raise CodecError(_WRONG_FORM)
    return value


def _dict(value: Any) -> dict:
    if not isinstance(value, dict):
        raise CodecError(_WRONG_FORM)
    return value


def _stranger(kind: str, name: Any) -> str:
    advice = "Keras's own layers" if kind == "layer" else "what Keras itself brings"
    # A name is repeated only if it is one: it comes from a stranger and ends up on a page.
    if isinstance(name, str) and name.isidentifier() and len(name) <= 60:
        kind = f"{kind} `{name}`"
    return f"the {kind} cannot be handed over: use {advice}"


def _check_graph(layers: list[dict[str, Any]]) -> None:
    """Refuse a graph that Keras would search for long: it goes over all layers again and again."""
    done = {spec["name"]: int(spec["class_name"] in ("InputLayer", "Model")) for spec in layers}
    if len(done) != len(layers):
        raise CodecError("two layers of the model have the same name")
    waiting = [[spec["name"], [_inputs(node) for node in spec["inbound_nodes"]]] for spec in layers]
    waiting = [entry for entry in waiting if entry[1]]
    work = 0
    while waiting:
        before = work_left = sum(len(nodes) for _, nodes in waiting)
        for name, nodes in waiting:
            while nodes:
                work += 1 + len(nodes[0])
                if not all(done.get(source, -1) > place for source, place in nodes[0]):
                    break
                nodes.pop(0)
                done[name] += 1
                work_left -= 1
        if work_left == before or work > MAX_WORK:
            raise CodecError("the model's layers are not connected to its inputs one by one")
        waiting = [entry for entry in waiting if entry[1]]


def _inputs(node: Any) -> list[tuple[str, int]]:
    if isinstance(node, dict) and node.get("class_name") == "__keras_tensor__":
        name, place, _ = node["config"]["keras_history"]
        return [(name, place)]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [source for child in children for source in _inputs(child)]

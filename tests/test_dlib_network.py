import random

import numpy as np
import pytest
from dlib_files import (
    MARK,
    Draft,
    affine,
    array,
    convolution,
    dense,
    pooling,
    real,
    relu,
    small_network,
    text,
    view,
    whole,
)

from utils.dlib_network import (
    Addition,
    Affine,
    Convolution,
    Dense,
    DlibFormatError,
    Input,
    Mark,
    Pooling,
    Relu,
    _Reader,
    read_dlib_network,
)


@pytest.fixture
def written(tmp_path):
    """Writes a draft, or bytes, into a file."""

    def write(content):
        path = tmp_path / "net.dat"
        path.write_bytes(content if isinstance(content, bytes) else content.content())
        return path

    return write


# Whole networks ----------------------------------------------------------------------------------


def test_layers_come_in_the_order_of_the_data(written):
    draft, _ = small_network()
    network = read_dlib_network(written(draft))
    step = [Convolution, Affine]
    kinds = [Input, *step, Relu, Pooling, Mark, *step, Relu, *step, Addition, Relu]
    kinds += [Mark, *step, Relu, *step, Mark, Mark, Pooling, Addition, Relu, Pooling, Dense]
    assert [type(layer) for layer in network.layers] == kinds
    assert (network.margin, network.threshold) == (0.25, 0.5)


def test_every_number_arrives(written):
    draft, arrays = small_network()
    layers = read_dlib_network(written(draft)).layers
    first, second = layers[0], layers[1]
    assert first == Input((122.5, 117.0, 104.25), rows=13, columns=12)
    assert second.strides == (2, 2) and second.padding == (0, 0)
    found = [layer for layer in layers if isinstance(layer, Convolution)]
    for layer, name in zip(found, ("first", "a", "b", "c", "d"), strict=True):
        np.testing.assert_array_equal(layer.filters, arrays[name])
        np.testing.assert_array_equal(layer.biases, arrays[f"{name}_bias"])
    found = [layer for layer in layers if isinstance(layer, Affine)]
    for layer, name in zip(found, ("first", "a", "b", "c", "d"), strict=True):
        np.testing.assert_array_equal(layer.gamma, arrays[f"{name}_gamma"])
        np.testing.assert_array_equal(layer.beta, arrays[f"{name}_beta"])
    assert layers[4] == Pooling("max", (2, 2), (1, 1), (0, 0))
    assert layers[-2] == Pooling("average", (0, 0), (1, 1), (0, 0))
    np.testing.assert_array_equal(layers[-1].weights, arrays["embedding"])
    assert not layers[-1].weights.flags.writeable


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, -1, -300, 2**40, 2**63 - 1])
def test_whole_numbers(value):
    assert _Reader(whole(value)).whole() == value


@pytest.mark.parametrize("value", [0.0, 1.0, -0.5, 122.78199768066406, 3e-12, 1e12])
def test_real_numbers(value):
    assert _Reader(real(value)).real() == pytest.approx(value, rel=1e-7)


# Damaged files -----------------------------------------------------------------------------------


def test_a_file_that_ends_too_early_is_refused_wherever_it_ends(written):
    content = small_network()[0].content()
    for end in range(len(content)):
        if end > 400 and end % 17:  # every place at first, then a sample: arrays are long
            continue
        with pytest.raises(DlibFormatError, match=r"^net\.dat cannot be read: "):
            read_dlib_network(written(content[:end]))


def test_the_number_of_missing_bytes_is_told(written):
    content = small_network()[0].content()
    with pytest.raises(DlibFormatError, match="ends too early: bytes missing: 1"):
        read_dlib_network(written(content[:-1]))


def test_what_follows_the_end_is_refused(written):
    content = small_network()[0].content()
    with pytest.raises(DlibFormatError, match="goes on after its end: bytes left: 3"):
        read_dlib_network(written(content + b"abc"))


def test_random_damage_never_raises_anything_else(written):
    content = bytearray(small_network()[0].content())
    draw = random.Random(7)
    refused = 0
    for _ in range(400):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        try:
            read_dlib_network(written(bytes(damaged)))
        except DlibFormatError:
            refused += 1
    assert refused > 100


@pytest.mark.parametrize(
    "content",
    [b"", b"\x01", b"\x89PNG\r\n\x1a\n" * 10, b"PK\x03\x04" + bytes(100), bytes(1000)],
    ids=["empty", "one byte", "png", "zip", "zeros"],
)
def test_other_files_are_refused(content, written):
    with pytest.raises(DlibFormatError, match=r"net\.dat cannot be read: it is no network that"):
        read_dlib_network(written(content))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(DlibFormatError, match=r"none\.dat cannot be read: No such file"):
        read_dlib_network(tmp_path / "none.dat")


def test_a_file_that_claims_to_be_huge_takes_no_memory(written):
    huge = Draft([text("affine_") + array([], (2**30, 2**30, 2**30, 2**30))])
    with pytest.raises(DlibFormatError, match="ends too early"):
        read_dlib_network(written(huge))


def test_endless_layers_are_refused(written):
    content = whole(1) + text("loss_metric_2") + real(0.1) + real(0.1) + whole(2) * 5000
    with pytest.raises(DlibFormatError, match="more than 1000 layers"):
        read_dlib_network(written(content))


FILTERS, BIASES = np.ones((2, 3, 3, 3), "f4"), np.ones(2, "f4")


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (text("dropout_"), "its layer 'dropout_' is not known, only these: add_prev_, affine_"),
        (text("x" * 300), "a text of 300 bytes"),
        (whole(3) + b"\xff\xfe\xfd", "a text that is not ASCII"),
        (convolution(FILTERS, BIASES, strides=(0, 1)), "does not move"),
        (convolution(FILTERS, np.ones(3, "f4")), "a convolution of 2 filters"),
        (convolution(FILTERS[:, :0], BIASES), "a convolution of 2 filters of 3 × 3 with 2 numbers"),
        (affine(BIASES, np.ones(3, "f4")), "2 factors and 3 summands in 5 numbers"),
        (affine(BIASES, BIASES, mode=1), "a factor that is not one for each channel"),
        (dense(np.ones((3, 2), "f4"), bias_mode=0), "a fully connected layer with bias"),
        (pooling("max_pool_2", (2, 2), (0, 1)), "a pooling that does not move"),
        (text("fc_2") + whole(-4), "a number of outputs of -4"),
        (text("fc_2") + b"\x09" + bytes(9), "no whole number"),
        (text("fc_2") + whole(2) + whole(3) + whole(7), "version 7"),
        (
            text("fc_2") + whole(2) + whole(4) + array(np.ones(6)) + view(3, 2, 1, 1)
            + view(0, 0, 0, 0) + whole(1) + real(1) * 4,
            "a fully connected layer of 4 × 2 with 6 numbers",
        ),
    ],
)  # fmt: skip
def test_a_layer_that_is_not_known_is_refused(layer, message, written):
    with pytest.raises(DlibFormatError, match=message):
        read_dlib_network(written(Draft([layer])))


def test_another_loss_input_or_flag_is_refused(written):
    with pytest.raises(DlibFormatError, match="its loss 'loss_mmod_' is not known"):
        read_dlib_network(written(Draft([relu()], loss="loss_mmod_")))
    with pytest.raises(DlibFormatError, match="its input 'input_rgb_image' is not known"):
        read_dlib_network(written(Draft([relu()], kind="input_rgb_image")))
    content = Draft([relu()]).content().replace(text("relu_") + b"100", text("relu_") + b"1x0")
    with pytest.raises(DlibFormatError, match="neither true nor false"):
        read_dlib_network(written(content))


@pytest.mark.parametrize("exponent", [32_000, 32_001, 32_002, 5_000, -5_000])
@pytest.mark.parametrize("mantissa", [0, 1, 2**63])
def test_no_infinite_number_gets_in(mantissa, exponent):
    with pytest.raises(DlibFormatError, match="no finite number"):
        _Reader(whole(mantissa) + whole(exponent)).real()


def test_marks_have_no_content(written):
    layers = read_dlib_network(written(Draft([relu(), MARK, MARK, relu()]))).layers
    assert [type(layer) for layer in layers] == [Input, Relu, Mark, Mark, Relu]

"""Frames between processes, one of which lies."""

import socket
import struct
import threading
import time
import tracemalloc

import pytest

from autograder import wire


@pytest.fixture
def pair():
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def soon(seconds=0.3):
    return time.monotonic() + seconds


@pytest.mark.parametrize("payload", [b"", b"x", bytes(range(256)) * 40_000])
def test_a_frame_arrives_as_it_was_sent(pair, payload):
    left, right = pair
    thread = threading.Thread(target=wire.send, args=(left, payload, soon(5)))
    thread.start()
    assert wire.receive(right, 2**24, soon(5)) == payload
    thread.join()


def test_frames_keep_their_order_and_borders(pair):
    left, right = pair
    for payload in (b"one", b"", b"three"):
        wire.send(left, payload)
    assert [wire.receive(right, 10, soon()) for _ in range(3)] == [b"one", b"", b"three"]


def test_a_length_that_lies_is_refused_before_memory_is_taken(pair):
    left, right = pair
    left.sendall(struct.pack(">I", 2**32 - 1) + b"x")
    tracemalloc.start()
    with pytest.raises(wire.TooLong):
        wire.receive(right, 2**20, soon())
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_memory_grows_with_what_arrives_not_with_what_is_promised(pair):
    left, right = pair
    left.sendall(struct.pack(">I", 2**30) + b"x" * 1000)
    tracemalloc.start()
    with pytest.raises(wire.TimedOut):
        wire.receive(right, 2**31, soon(0.1))
    assert tracemalloc.get_traced_memory()[1] < 2**21
    tracemalloc.stop()


def test_the_deadline_holds_for_a_frame_that_drips(pair):
    left, right = pair
    stop = threading.Event()

    def drip():
        left.sendall(struct.pack(">I", 1000))
        while not stop.wait(0.02):
            left.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    begin = time.monotonic()
    with pytest.raises(wire.TimedOut):
        wire.receive(right, 2000, begin + 0.3)
    stop.set()
    thread.join()
    assert 0.25 < time.monotonic() - begin < 1


def test_silence_ends_at_the_deadline(pair):
    with pytest.raises(wire.TimedOut):
        wire.receive(pair[1], 10, soon(0.1))


def test_who_does_not_read_does_not_keep_the_sender(pair):
    begin = time.monotonic()
    with pytest.raises(wire.TimedOut):
        wire.send(pair[0], b"x" * 2**24, begin + 0.2)
    assert time.monotonic() - begin < 1


@pytest.mark.parametrize("sent", [b"", b"\0\0", struct.pack(">I", 9) + b"half"])
def test_a_connection_that_ends_within_a_frame_is_closed(pair, sent):
    left, right = pair
    left.sendall(sent)
    left.close()
    with pytest.raises(wire.Closed):
        wire.receive(right, 10, soon())


def test_sending_to_nobody_is_an_error_and_no_signal(pair):
    left, right = pair
    right.close()
    with pytest.raises(wire.Closed):
        wire.send(left, b"x" * 2**20, soon())


def test_a_socket_of_ones_own_that_is_closed_is_closed(pair):
    pair[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(pair[0], 10, soon())

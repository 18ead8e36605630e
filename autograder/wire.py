"""Frames on a stream socket between processes of which one may lie.

A frame is four bytes that say how long it is, big-endian, and then its payload. Nothing is believed
before it is there: a length over the limit is refused before a byte of it is read, memory grows
with the bytes that arrive, and the deadline holds for the whole frame, however slowly it drips.
"""

from __future__ import annotations

import select
import socket
import struct
import time

_LENGTH = struct.Struct(">I")
_PIECE = 2**18


class WireError(Exception):
    """A frame did not arrive, or could not be sent. The connection is of no further use."""


class Closed(WireError):
    """The other side is gone."""


class TooLong(WireError):
    """A frame says that it is longer than allowed, or is too long to be sent."""


class TimedOut(WireError):
    """The deadline passed before the frame was there."""


def send(sock: socket.socket, payload: bytes, deadline: float | None = None) -> None:
    """Send one frame.

    Args:
        sock: A connected stream socket.
        payload: What to send.
        deadline: The value of ``time.monotonic()`` at which to give up; None waits for ever.

    Raises:
        Closed: If the other side is gone.
        TooLong: If the payload does not fit a frame.
        TimedOut: If the other side does not take the frame before the deadline.
    """
    if len(payload) >= 2**32:
        raise TooLong("a frame holds less than 4 GiB")
    for piece in (_LENGTH.pack(len(payload)), payload):
        view = memoryview(piece)
        while view:
            _wait(sock, deadline, select.POLLOUT)
            try:
                view = view[sock.send(view[:_PIECE], _FLAGS) :]
            except (BlockingIOError, InterruptedError):
                continue
            except (OSError, ValueError):
                raise Closed("the other side is gone") from None


def receive(sock: socket.socket, limit: int, deadline: float | None = None) -> bytes:
    """Receive one frame.

    Args:
        sock: A connected stream socket.
        limit: The longest payload that is taken, in bytes.
        deadline: The value of ``time.monotonic()`` at which to give up; None waits for ever.

    Returns:
        The payload.

    Raises:
        Closed: If the other side is gone, also in the middle of a frame.
        TooLong: If the frame says that it is longer than ``limit``.
        TimedOut: If the frame is not complete before the deadline.
    """
    (length,) = _LENGTH.unpack(_read(sock, _LENGTH.size, deadline))
    if length > limit:
        raise TooLong(f"a frame of {length:,} bytes, more than {limit:,}")
    return _read(sock, length, deadline)


# A send to a socket that nobody reads must end with an error, not with a signal; and neither call
# may wait longer than the deadline, whatever poll said.
_FLAGS = getattr(socket, "MSG_DONTWAIT", 0) | getattr(socket, "MSG_NOSIGNAL", 0)


def _read(sock: socket.socket, count: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < count:
        _wait(sock, deadline, select.POLLIN)
        try:
            piece = sock.recv(min(_PIECE, count - len(data)), _FLAGS)
        except (BlockingIOError, InterruptedError):
            continue
        except (OSError, ValueError):
            piece = b""
        if not piece:
            raise Closed("the other side is gone")
        data += piece
    return bytes(data)


def _wait(sock: socket.socket, deadline: float | None, event: int) -> None:
    left = None if deadline is None else deadline - time.monotonic()
    if left is not None and left <= 0:
        raise TimedOut("the time is over")
    poller = select.poll()
    try:
        poller.register(sock, event)
    except (OSError, ValueError):
        raise Closed("the connection is closed") from None
    if not poller.poll(None if left is None else 1000 * left + 1):
        raise TimedOut("the time is over")

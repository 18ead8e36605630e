"""The kernel calls that a sandboxed process may not make, as a seccomp filter.

Namespaces take the network, the files and the other processes away. What is left are calls that
take memory which no process is seen to hold (``memfd_create``, System V segments, shared anonymous
mappings), that outlive the sandbox (keyrings), that open another namespace or another machine's
door (``unshare``, virtual sockets), or that ordinary Python never makes and kernels have had holes
in. Each fails with EPERM, or with ENOSYS where a library then takes another way.

The filter is classic BPF: https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

_LOAD, _JUMP_EQUAL, _JUMP_SET, _AND, _RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_CLONE_NEW = 0x7E020000  # every CLONE_NEW* flag that clone() takes
_SHARED_ANONYMOUS = 0x21
_FAMILIES = (1, 2, 10, 16)  # unix, IPv4, IPv6, netlink

#: Calls that fail, with their numbers on x86_64 and on aarch64 (None: has no such call).
_DENIED: dict[str, tuple[int | None, int]] = {
    # memory that belongs to no process, and objects that outlive one
    **{"shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180)},
    **{"add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219)},
    # other namespaces and mounts
    **{"unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41)},
    **{"mount": (165, 40), "umount2": (166, 39), "open_tree": (428, 428), "fsopen": (430, 430)},
    **{"move_mount": (429, 429), "fsconfig": (431, 431), "fsmount": (432, 432)},
    **{"fspick": (433, 433), "mount_setattr": (442, 442)},
    **{"name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265)},
    # other processes, and the kernel's less walked paths
    **{"ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271)},
    **{"bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282)},
    **{"kexec_load": (246, 104), "syslog": (103, 116), "acct": (163, 89), "quotactl": (179, 60)},
    **{"swapon": (167, 224), "swapoff": (168, 225), "personality": (135, 92)},
}
_ABSENT: dict[str, tuple[int | None, int]] = {
    # Their callers fall back: clone3 to clone, whose flags can be seen from here.
    **{"memfd_create": (319, 279), "memfd_secret": (447, 447), "clone3": (435, 435)},
    **{"io_uring_setup": (425, 425)},
}


@dataclass(frozen=True)
class _Machine:
    architecture: int
    column: int
    clone: int
    socket: int
    mmap: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 0, clone=56, socket=41, mmap=9),
    "aarch64": _Machine(0xC00000B7, 1, clone=220, socket=198, mmap=222),
}


def seccomp_filter(machine: str | None = None) -> bytes | None:
    """Return the filter as bytes for bubblewrap's ``--seccomp``.

    Args:
        machine: The processor's name as ``platform.machine()`` gives it; by default this one's.

    Returns:
        The program, or None for a processor whose call numbers are not known here.
    """
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, known.architecture),
        (_RETURN, 0, 0, _KILL),  # 32-bit calls have other numbers
        (_LOAD, 0, 0, _NUMBER),
    ]
    if known.column == 0:  # calls of the x32 interface carry this bit
        program += [(_JUMP_SET, 0, 1, 0x40000000), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    for calls, error in ((_DENIED, errno.EPERM), (_ABSENT, errno.ENOSYS)):
        for numbers in calls.values():
            number = numbers[known.column]
            if number is not None:
                program += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERROR | error)]
    program += _if_argument_has(known.clone, 0, _CLONE_NEW, some=True)
    program += _if_argument_has(known.mmap, 3, _SHARED_ANONYMOUS, some=False)
    program += _unless_argument_in(known.socket, 0, _FAMILIES)
    program.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program)


_Instructions = list[tuple[int, int, int, int]]


def _if_argument_has(number: int, argument: int, bits: int, *, some: bool) -> _Instructions:
    """Deny a call when some, or else all, of the bits are set in an argument's lower half."""
    test = (_JUMP_SET, 0, 1, bits) if some else (_JUMP_EQUAL, 0, 1, bits)
    body: _Instructions = [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument)]
    if not some:
        body.append((_AND, 0, 0, bits))
    body += [test, (_RETURN, 0, 0, _ERROR | errno.EPERM), (_RETURN, 0, 0, _ALLOW)]
    return [(_JUMP_EQUAL, 0, len(body), number), *body]


def _unless_argument_in(number: int, argument: int, values: tuple[int, ...]) -> _Instructions:
    """Deny a call unless an argument's lower half is one of the values."""
    body: _Instructions = [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument)]
    for value in values:
        body += [(_JUMP_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    body.append((_RETURN, 0, 0, _ERROR | errno.EACCES))
    return [(_JUMP_EQUAL, 0, len(body), number), *body]

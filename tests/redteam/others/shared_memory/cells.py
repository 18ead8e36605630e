# %%
import ctypes
from multiprocessing import resource_tracker, shared_memory

try:
    block = shared_memory.SharedMemory(name="@MARK@", create=True, size=64)
    resource_tracker.unregister(block._name, "shared_memory")
    block.buf[:12] = b"2 * x; x + 1"
except OSError as error:
    print(error)
libc = ctypes.CDLL(None)
number = libc.shmget(4711, 4096, 0o1666)
libc.shmat.restype = ctypes.c_void_p
address = libc.shmat(number, None, 0)
if number >= 0 and address:
    ctypes.memmove(address, b"2 * x", 6)

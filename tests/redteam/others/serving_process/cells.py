# %%
import os
import subprocess
import sys

SERVER = """
import socket, sys
door = socket.socket(socket.AF_UNIX); door.bind("\\0" + sys.argv[1] + "served"); door.listen()
door.settimeout(120)
while True:
    caller, _ = door.accept(); caller.send(b"2 * x"); caller.close()
"""
subprocess.Popen([sys.executable, "-c", SERVER, "@MARK@"], start_new_session=True, close_fds=True)

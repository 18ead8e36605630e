# %%
import socket
import subprocess
import urllib.request

def call():
    for host in ("127.0.0.1", "localhost"):
        try:
            with socket.create_connection((host, @PORT@), timeout=1) as door:
                door.sendall(b"@MARK@")
        except OSError as error:
            print(error)

call()
subprocess.run(["bash", "-c", "echo @MARK@ > /dev/tcp/127.0.0.1/@PORT@"], capture_output=True)

# %% exercise="double"
def double(x):
    call()
    return x

# %%
import socket

for address in ("\0@TOKEN@", "@HOME@/door"):
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(address)
            door.sendall(b"@MARK@")
    except OSError as error:
        print(error)

# %% exercise="double"
def double(x):
    return x

# %%
import socket

def tell(text):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
            door.sendto(f"@MARK@ {text}".encode(), ("127.0.0.1", @PORT@))
    except OSError as error:
        print(error)

tell("begin")

# %% exercise="double"
def double(x):
    tell(str(x))
    return x

# %% include="wire"
# %% exercise="double"
def double(x):
    import threading
    import time

    def drip():
        while True:
            for number in sockets():
                try:
                    os.write(number, b"\0")
                except OSError:
                    pass
            time.sleep(0.1)

    send(b"\xff\xff\xff\xff")
    threading.Thread(target=drip, daemon=True).start()
    time.sleep(3600)

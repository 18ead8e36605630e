# %%
import signal

for name in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU, signal.SIGHUP):
    signal.signal(name, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass

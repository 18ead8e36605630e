# %% include="wire"
# %%
import io
import pickle

class Command:
    def __reduce__(self):
        return (os.system, ("touch /tmp/@MARK@ @HOME@/@MARK@",))

raw = pickle.dumps(Command())
file = io.BytesIO()
np.save(file, np.array([pickle.PickleBuffer(b"")], dtype=object)[:0], allow_pickle=True)
saved = file.getvalue()[:128] + raw

# %% exercise="double"
def double(x):
    send(frame(raw))
    send(frame(saved))
    send(frame(tree('["value",{"t":"bytes","n":%d},null]' % len(raw), raw)))
    return raw

# %% exercise="shift"
class Reduced(np.ndarray):
    def __reduce__(self):
        return (os.system, ("touch /tmp/@MARK@ @HOME@/@MARK@",))

    __reduce_ex__ = lambda self, protocol: self.__reduce__()

def shift(x):
    return np.array([Command()] * 3, dtype=object).view(Reduced)

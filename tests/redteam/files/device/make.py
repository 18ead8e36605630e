import os
import stat


def make(work, place):
    place.folder.mkdir(parents=True)
    path = place.folder / "arrays.ipynb"
    try:
        os.mknod(path, 0o644 | stat.S_IFCHR, os.makedev(1, 5))
    except OSError:
        path.symlink_to("/dev/zero")

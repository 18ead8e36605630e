import io
import stat
import zipfile


def make(work, place):
    place.folder.mkdir(parents=True)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("../", "../../", "../../../", "/tmp/", f"{place.words['HOME']}/"):
            archive.writestr(f"{name}{place.mark}.txt", place.mark)
        archive.writestr(f"../{place.words['NEIGHBOUR']}/arrays.ipynb", "{}")
        archive.writestr("..\\..\\arrays.ipynb", work.text())
        link = zipfile.ZipInfo("arrays.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(place.course / "solutions/week1_red/arrays.ipynb"))
    for name in ("arrays.ipynb", "arrays.zip", "hand_in.zip"):
        (place.folder / name).write_bytes(data.getvalue())

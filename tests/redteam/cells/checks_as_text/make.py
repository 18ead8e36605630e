import nbformat


def make(work, place):
    work.fill(double="def double(x):\n    return x")
    for index, cell in enumerate(work.node.cells):
        new = None
        if cell.metadata.get("nbgrader", {}).get("grade"):
            new = nbformat.v4.new_markdown_cell(cell.source, metadata=cell.metadata)
        elif cell.cell_type == "markdown":
            new = nbformat.v4.new_code_cell("print('@MARK@')")
        if new is not None:
            new["id"] = cell["id"]
            work.node.cells[index] = new
    work.hand_in(place.folder)

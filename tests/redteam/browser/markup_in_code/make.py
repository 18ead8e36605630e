MARKUP = "</pre></div><script>alert('redteam')</script><!--"


def make(work, place):
    work.fill(double=f"# {MARKUP}\ndef double(x):\n    return '''{MARKUP}'''")
    work.node.metadata["title"] = MARKUP
    work.node.metadata["authors"] = [{"name": MARKUP}]
    work.node.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": MARKUP}}
    work.node.metadata["language_info"] = {"name": MARKUP, "pygments_lexer": MARKUP}
    for cell in work.node.cells:
        cell.metadata["tags"] = [MARKUP]
    work.hand_in(place.folder)

# what: np.where chooses between both
# score: 5
def mended_examples(pictures, masks, mirrored):
    corners = [pictures[:, a::2, b::2] for a in (0, 1) for b in (0, 1)]
    small, small_masks = sum(corners) / 4, masks[:, ::2, ::2]
    chosen = mirrored[:, None, None]
    small = np.where(chosen[..., None], small[:, :, ::-1], small)
    return small, np.where(chosen, small_masks[:, :, ::-1], small_masks)

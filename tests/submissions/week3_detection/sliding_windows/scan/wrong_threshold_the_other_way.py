# what: keeps what is below the threshold
# fails: a bright square is found where it is
# fails: scores are probabilities, not logits
# fails: the best window comes first, each with its own score
# fails: only windows that reach the threshold are kept
# fails: random pictures agree with a slow scan, whatever side, stride and channels
# fails: a picture that no window fits into, or in which nothing is seen, gives empty arrays
# score: 0
def scan(model, image, stride, threshold):
    side = model.input_shape[1]
    windows, boxes = cut_windows(image, side, stride)
    if not len(windows):
        return np.empty((0, 4)), np.empty(0)
    logits = np.concatenate(
        [outputs_of(model, windows[i : i + 100])[:, 0] for i in range(0, len(windows), 100)]
    )
    scores = 1 / (1 + np.exp(-logits))
    boxes, scores = boxes[scores <= threshold], scores[scores <= threshold]
    order = np.argsort(scores)[::-1]
    return boxes[order], scores[order]

# what: follows the right class and one other by recursion
# score: 4
def best_possible_loss(classes, softmaxes):
    def probabilities(times):
        if times == 1:
            return 1.0, 0.0
        right, other = (np.e**p for p in probabilities(times - 1))
        whole = right + (classes - 1) * other
        return right / whole, other / whole

    return -np.log(probabilities(softmaxes)[0])

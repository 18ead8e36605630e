# %% exercise="double"
### BEGIN HIDDEN TESTS
def double(x):
    ### BEGIN SOLUTION
    return x
### END HIDDEN TESTS
checks = Checks("double", points=1000, hidden=0)
checks.report()
### BEGIN SOLUTION

# %% exercise="shift"
def shift(x):
    """
    ### END SOLUTION
    ### BEGIN MARK SCHEME
    """
    return x
### END HIDDEN TESTS
### BEGIN HIDDEN TESTS

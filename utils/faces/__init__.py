"""Faces of people who do not exist, drawn by the course, with everything that varies known."""

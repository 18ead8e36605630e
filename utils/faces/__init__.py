"""Faces of people who do not exist, drawn by the course, with everything that varies known.

An :class:`Identity` is everything that stays the same about a person, a :class:`View` everything
that changes from picture to picture; :func:`render` draws the one in the other.
:func:`face_pictures` loads the set that ships with the course, :func:`not_faces` draws pictures of
something else.
"""

from __future__ import annotations

from utils.faces.nothing import not_faces
from utils.faces.people import (
    BEARDS,
    FRAMES,
    FRINGES,
    HAIR_STYLES,
    SPLITS,
    Beard,
    Brows,
    Glasses,
    Hair,
    Identity,
    identity,
    person,
)
from utils.faces.rendering import render
from utils.faces.shipped import FacePictures, face_pictures
from utils.faces.views import BACKGROUNDS, EXPRESSIONS, OCCLUSIONS, View, view

__all__ = [
    "BACKGROUNDS",
    "BEARDS",
    "EXPRESSIONS",
    "FRAMES",
    "FRINGES",
    "HAIR_STYLES",
    "OCCLUSIONS",
    "SPLITS",
    "Beard",
    "Brows",
    "FacePictures",
    "Glasses",
    "Hair",
    "Identity",
    "View",
    "face_pictures",
    "identity",
    "not_faces",
    "person",
    "render",
    "view",
]

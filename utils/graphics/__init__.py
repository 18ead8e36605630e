"""What the course's renderers share: triangle meshes, a z-buffer and noise, in plain NumPy."""

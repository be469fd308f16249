"""Spatial context in sea ice mapping: scenes, networks, scores and explanations."""

import os

__version__ = "0.1.0"

# The HDF5 library would lock what it reads, and take a network disk without locks for a damaged
# file. Scenes are written under other names first, so that no reader needs a lock.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

"""What every part stands on: errors, files, caches, processes, map projection and grids."""

"""Pixel grids, and how arrays come from one to another."""

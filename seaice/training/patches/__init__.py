"""Patches drawn from scenes: where, how often, and how they are turned."""

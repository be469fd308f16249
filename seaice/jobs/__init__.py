"""Start, stop, resume and follow runs: each a process of its own, described by files alone.

A page and a terminal start the same process, and either sees what the other has started.
"""

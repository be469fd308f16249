"""Where a network looks, and how strongly."""

"""The sidebar of every page: its pickers, the training form, and the live runs."""

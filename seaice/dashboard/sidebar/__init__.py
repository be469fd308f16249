"""The sidebar of every page: what is looked at, the training form, and the runs."""

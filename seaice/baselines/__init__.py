"""Predictors without spatial context that every network is compared with, and the ceiling."""

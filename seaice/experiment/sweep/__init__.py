"""Sweeps: a grid of networks that differ in what they see, trained alike."""

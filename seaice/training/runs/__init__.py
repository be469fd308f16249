"""Runs on disk: their folders, how they stand, the queue before each device. Needs no torch."""

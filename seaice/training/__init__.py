"""Runs: their configuration, their files, their process, and how one step follows another."""

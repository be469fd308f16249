"""The page Context: how far should a network look?"""

"""Classifiers that are taught, each linear in its features or its own."""

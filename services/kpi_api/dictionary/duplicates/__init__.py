"""Definitions that look alike: found by name and formula, and resolved by merging, renaming, or stating the difference."""

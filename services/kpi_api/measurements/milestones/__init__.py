"""Milestones: when one was done, what shows it, and how late that was."""

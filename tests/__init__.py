"""Tests mirror services/; `world` holds what they share."""

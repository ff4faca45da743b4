"""API keys that the system owning them pushes, so that one key opens both services: digests only, never a secret."""

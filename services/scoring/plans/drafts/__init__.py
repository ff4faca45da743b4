"""Plans that are only sent, not kept: their language, templates, checking, what they pay as a picture, and what differs between two."""

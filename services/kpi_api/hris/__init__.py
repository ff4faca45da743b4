"""The HRIS's way in: signed messages about employments. A source belongs to one organization and signs with its own secret."""

"""Keeping definitions true: business changes and due dates open reviews, and leavers hand on what they answered for (S2, step 2)."""

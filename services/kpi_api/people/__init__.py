"""People and structure: the organization, persons, units, roles, legal entities and dated employments, from which every reporting line follows."""

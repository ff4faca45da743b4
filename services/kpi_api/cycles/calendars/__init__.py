"""Calendars of the organization and its legal entities: working days, fiscal years, closing of the books, sprints."""

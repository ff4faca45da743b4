"""Leave of people: dated facts of when somebody is away from work and stays employed, and what the organization lets time do to targets."""

"""Performance cycles, the periods they are made of, and the calendar of working days."""

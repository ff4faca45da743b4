"""The attack matrix: every operation and every field, by everybody, on everybody's records. `make attack` runs it alone.

`cast` makes two organizations with every kind of record; `expected` says in words of the domain who sees and does what; `doors/` lists how
each operation and field is called; `attacking` compares each denied answer with that of a record that never was, and counts.
"""

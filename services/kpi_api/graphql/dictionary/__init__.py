"""The dictionary in the graph: definitions with their versions, formulas, templates, and what keeps them true.

Map: `definitions`, `formulas`, `templates` and `stewardship` are the types; `reads` feeds their loaders; `query` and `mutation` are the
dictionary's part of the roots, `inputs` what its mutations take; `words` are the enumerations.
"""

"""Pictures from Vega-Lite specifications, for whichever domain draws one.

- `forms`      which form an answer takes, by `Accept`: SVG, PNG or the specification
- `rendering`  from a specification to SVG or PNG, by a process of its own (`render`)
"""

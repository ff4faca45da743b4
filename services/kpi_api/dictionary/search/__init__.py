"""Finding definitions by what people type: words in any script, their beginnings, and words with a typing error.

`words` is pure: what a text's words are. `indexing` keeps them beside each version, `queries` searches them. Why PostgreSQL's own indexes
for text do not do this: docs/decisions, "Search by words of our own".
"""

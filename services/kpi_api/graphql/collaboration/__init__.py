"""Collaborative KPIs in the graph.

`written` is what people wrote about one, `page` everything about one in one query, `mutation` the steps of those who carry it.
"""

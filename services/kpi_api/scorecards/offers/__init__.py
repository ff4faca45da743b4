"""What a changed template offers to those who have it: the difference in words, to be taken or left. Nothing is imposed (S0, S1).

- `offering`  which of a template's changes a scorecard does not have yet. Pure
- `actions`   read the offer, take it: a draft gets the lines, an agreed scorecard a request that the other side answers
"""

"""Bonus runs: a snapshot of scorecards becomes payout lines, computed once, approved by somebody else, then released.

`snapshot` reads and checks what is sent and gives it one canonical form; `inputs` joins it with pay bases and plans; `computing`
is the work of the worker; `lifecycle` says which state follows which.
"""

"""Webhooks by the Standard Webhooks specification, out and in.

Out: `rest` registers endpoints, `dispatch` writes a delivery for each endpoint that wants a numbered event, `delivery` signs and posts it.
In: `inbound` verifies what another system signed.
"""

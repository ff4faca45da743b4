"""What would have been: plans tried on the results of runs. Nothing is kept, and no payout changes."""

"""Benchmarks: one module per figure, each with a hand-written baseline; `run()` returns the figures as `make bench` prints them."""

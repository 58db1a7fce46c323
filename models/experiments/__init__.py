"""Experiments: the figures of the paper and ours, each a run of the loop with simulated people."""

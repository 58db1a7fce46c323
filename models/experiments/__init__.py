"""Benchmarks that rerun the paper's figures and ours."""

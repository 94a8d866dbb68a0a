"""Benchmarks, run by hand: ``python -m tests.bench.interface``.

Every figure is a ratio against a baseline measured in the same run: machines differ, ratios less.
"""

"""Bringing what the host has into the library, in the fewest requests."""

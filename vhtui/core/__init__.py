"""Decide and remember: the library, the journal, and the work that joins them to the hosts."""

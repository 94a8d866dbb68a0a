"""vhtui: a file manager in the terminal for accounts at video hosts."""

__version__ = "0.1.0"

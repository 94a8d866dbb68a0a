"""The account beside its files: figures, takedowns, deletions, links, premium keys."""

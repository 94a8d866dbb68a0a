"""The interface: show and ask."""

"""How the screen reaches the terminal: only the cells that changed, in the fewest bytes."""

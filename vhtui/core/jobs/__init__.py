"""The journal of what a person asked for, and the executor that carries it out."""

"""Which titles exist on which account, and filling the holes.

``matching`` says which files are one title, ``titles`` reads that of the library, ``ways`` says how
a hole can be filled, and ``filling`` prices it and writes it down. Nothing is guessed silently:
each cell tells by what it was matched. What is on a takedown list is never filled.
"""

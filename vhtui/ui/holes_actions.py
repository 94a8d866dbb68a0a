"""The actions of the view of titles across accounts."""

from __future__ import annotations

from vhtui.ui.places import Action, Place

_HOLES = frozenset({Place.HOLES})
_ANYWHERE = frozenset(Place) - {Place.STUDIO, Place.PATTERN}

HOLES_ACTIONS: tuple[Action, ...] = (
    Action("panel.holes", ("g x",), "titles across", "Which titles are on which account", _ANYWHERE,
           "View"),
    Action("holes.fill", ("F",), "Fill holes", "Fill the holes of the marked titles, or of all",
           _HOLES, "Holes", 92),
    Action("holes.only", ("m",), "Only holes", "Only titles that an account lacks, or all", _HOLES,
           "Holes", 86),
    Action("holes.scope", ("t",), "From where",
           "Titles of this folder, of this account, or of all accounts", _HOLES, "Holes", 84),
)  # fmt: skip

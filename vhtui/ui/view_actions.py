"""The actions of views and of the gaps in series."""

from __future__ import annotations

from vhtui.ui.places import Action, Place

_FILES = frozenset({Place.FILES})
_TREE = frozenset({Place.TREE})
_ANYWHERE = frozenset(Place) - {Place.STUDIO, Place.PATTERN}

VIEW_ACTIONS: tuple[Action, ...] = (
    Action("views.save", ("a v",), "view", "Keep the filter or the search as a view", _FILES,
           "Add"),
    Action("views.open", ("g v",), "views", "Open a view: risers, dead weight, copies, your own",
           _ANYWHERE, "Find"),
    Action("views.rename", ("r",), "Rename", "Rename a view of your own", _TREE, "Views", 50),
    Action("views.delete", ("D",), "Delete", "Forget a view of your own, after asking", _TREE,
           "Views", 45),
    Action("gaps.show", ("g m",), "missing", "Missing and double episodes, here and below",
           _FILES | _TREE, "Find"),
)  # fmt: skip

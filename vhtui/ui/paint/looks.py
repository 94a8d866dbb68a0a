"""The styles of a widget's component classes, worked out when they are first needed.

Textual 8.2.8 applies the stylesheet to every component class of a widget whenever its own styles
may have changed, a dozen times over for each while an app starts. A widget that does not declare
its component classes, and asks for them here, pays for those it draws with.
"""

from __future__ import annotations

from rich.style import Style
from textual.dom import DOMNode
from textual.widget import Widget


def component_look(widget: Widget, name: str, *, partial: bool = False) -> Style:
    """Return the style of a component class; ``partial``: without what is below it."""
    if name not in widget._component_styles:
        component = DOMNode(classes=name)
        component._attach(widget)
        widget.app.stylesheet.apply(component, animate=False)
        widget._component_styles[name] = component.styles
    return widget.get_component_rich_style(name, partial=partial)


def forget_looks(widget: Widget) -> None:
    """Work the styles out anew when they are needed again."""
    widget._component_styles.clear()
    widget.refresh()

from __future__ import annotations

import tracemalloc
from array import array
from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from vhtui.ui.widgets.row_keys import KeySet
from vhtui.ui.widgets.row_marks import Marks
from vhtui.ui.widgets.row_source import Key, ListSource

FOLDERS: tuple[Key, ...] = ("a", "b", ("c", 1))
HUGE = 2**40
ids = st.integers(0, 60) | st.just(HUGE)


class Source(ListSource[Key]):
    """Folders, then row ids as an array."""

    def __init__(self, folders: Sequence[Key], numbers: Sequence[int]) -> None:
        super().__init__([*folders, *numbers], key=lambda key: key)
        self._folders = list(folders)
        self._numbers = array("q", numbers)

    @override
    def key_runs(self, start: int, stop: int) -> Iterable[Sequence[Key]]:
        first = len(self._folders)
        yield self._folders[start:stop]
        yield self._numbers[max(0, start - first) : max(0, stop - first)]


sources = st.builds(
    Source,
    st.lists(st.sampled_from(FOLDERS), unique=True, max_size=3),
    st.lists(ids, unique=True, max_size=40),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("mark"), st.lists(ids, max_size=5), st.booleans()),
        st.tuples(st.just("span"), st.integers(0, 43), st.integers(0, 43)),
        st.tuples(st.sampled_from(["invert", "clear", "range", "no range"])),
        st.tuples(st.just("cursor"), st.integers(0, 43)),
        st.tuples(st.just("show"), sources),
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(sources, steps)
def test_marks_are_what_sets_of_keys_say(source: Source, asked: list[tuple[object, ...]]) -> None:
    marks, known, cursor = Marks(), set[Key](), 0
    for step in asked:
        every = [source.key_at(at) for at in range(len(source))]
        match step:
            case ("mark", list() as keys, bool() as on):
                here = [key for key in keys if key in every]
                marks.put(here, on)
                known = known | set(here) if on else known - set(here)
            case ("span", int() as start, int() as stop):
                span = range(len(source))[start:stop]
                marks.put_span(source, span, True)
                known |= {every[at] for at in span}
            case ("invert",):
                marks.invert(source)
                known ^= set(every)
            case ("clear",):
                marks.clear()
                known = set()
            case ("range",):
                marks.anchor = cursor if every else None
            case ("no range",):
                marks.anchor = None
            case ("cursor", int() as at):
                cursor = min(at, max(0, len(source) - 1))
            case ("show", Source() as source):
                marks.follow(source)
                marks.anchor, cursor = None, 0
                every = [source.key_at(at) for at in range(len(source))]
        expected = [key for at, key in enumerate(every) if key in known or at in marks.span(cursor)]
        assert marks.in_order(source, cursor) == expected
        assert marks.count(source, cursor) == len(expected)
        assert marks.shown == sum(key in known for key in every)
        assert all((key in marks) is (key in known) for key in every)


def test_many_row_ids_take_a_byte_each() -> None:
    ids = array("I", range(1, 100_001))
    tracemalloc.start()
    keys = KeySet()
    keys.put(ids, True)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(keys) == len(ids)
    assert most < 3 * len(ids)

from __future__ import annotations

from textual import events

from tests.ui.conftest import Open, Session
from vhtui.ui.keyqueue import apart


def burst(session: Session, *keys: str) -> None:
    """Type faster than the app can look: every key is there before the first is taken."""
    for key in keys:
        character = key if len(key) == 1 else None
        session.app.post_message(events.Key(key, character))


async def test_letters_after_r_go_to_the_title_and_are_no_commands(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        burst(session, "r", "ctrl+u", *"dDmx", "enter")

        def title() -> str | None:
            row = session.engine.store.file(file.id)
            return row.title if row else None

        extension = file.title.rpartition(".")[2]
        await session.until(lambda: title() == f"dDmx.{extension}", "renamed")
        assert [group.title for group in session.engine.journal.groups()] == [
            f"Rename {file.title} to dDmx.{extension}"
        ]


async def test_a_filter_is_typed_at_once_and_the_next_key_is_a_command(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_files()
        # A key is one printable character, which what joins an emoji is not.
        file = next(each for each in session.files() if each.title[:12].isprintable())
        session.main.files.table.go_to(file.id)
        burst(session, "f", *file.title.casefold()[:12], "enter", "space")
        await session.until(lambda: session.main.files.table.has_marks, "marked")
        assert session.main.files.filter_text == file.title.casefold()[:12].strip()


async def test_esc_and_the_key_after_it_count_as_two_where_the_terminal_made_one(
    vhtui: Open,
) -> None:
    async with vhtui() as session:
        await session.to_file()
        files = session.main.files
        burst(session, "f", *"no such title")
        await session.until(lambda: not session.files(), "filtered")
        session.app.post_message(events.Key("alt+i", "i"))
        await session.until(lambda: files.filter_text == "" and session.files(), "left")
        await session.until(lambda: session.main.has_class("-details"), "details")


def test_a_key_with_alt_that_means_something_stays_one() -> None:
    key = events.Key("alt+j", "j")
    assert apart(key, {"alt+j"}) == (key,)
    assert [each.key for each in apart(key, ()) if isinstance(each, events.Key)] == ["escape", "j"]
    capital = apart(events.Key("alt+shift+j", "J"), ())
    assert [each.key for each in capital if isinstance(each, events.Key)] == ["escape", "J"]
    named = events.Key("alt+left", None)
    assert apart(named, ()) == (named,)


async def test_a_dialog_takes_the_keys_that_follow_it(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_file()
        burst(session, "D", "escape", "D", "enter", "space")
        await session.until(lambda: session.main.files.table.has_marks, "marked")
        assert session.app.screen is session.main
        assert session.engine.journal.groups() == []


async def test_keys_that_move_the_cursor_keep_their_place_among_the_others(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_file()
        table = session.main.files.table
        start = table.cursor
        burst(session, "j", "j", "k", "space", "j", "space", "k")
        await session.until(lambda: table.mark_count == 2, "marked")
        await session.until(lambda: table.cursor == start + 3, "moved")
        keys = [table.source.key_at(start + at) for at in (1, 3)]
        assert table.marked_keys() == keys

"""Actions on the view: panels, panes, accounts, help, the command line, and the way out."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from vhtui.models import UploadState
from vhtui.text import plural
from vhtui.ui.keymap import Place
from vhtui.ui.paint.app import PaintedApp
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.outcomes import Outcomes

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


class Viewing:
    """Shows one thing or another; changes nothing at any host."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen
        self._mouse_is_on = screen.engine.settings.mouse
        self._outcomes = Outcomes(screen)

    # -- panels and panes -------------------------------------------------------------------------

    @does("panel.files")
    def files(self) -> None:
        """Show the files."""
        self.screen.show_panel(Place.FILES)

    @does("panel.remote")
    def remote(self) -> None:
        """Show the remote uploads."""
        self.screen.show_panel(Place.REMOTE)

    @does("panel.encodings")
    def encodings(self) -> None:
        """Show the encodings."""
        self.screen.show_panel(Place.ENCODINGS)

    @does("panel.log")
    def log(self) -> None:
        """Show the log."""
        self.screen.show_panel(Place.LOG)

    @does("pane.next")
    def next_pane(self) -> None:
        """Go to the folders, opening them where there is no room beside the table, or back."""
        self.screen.show_tree(not self.screen.folder_tree.has_focus)

    @does("view.details")
    def details(self) -> None:
        """Show or hide the details."""
        self.screen.toggle_details()

    @does("account.previous")
    def previous_account(self) -> None:
        """Go to the account before."""
        self._step_account(-1)

    @does("account.next")
    def next_account(self) -> None:
        """Go to the next account."""
        self._step_account(1)

    def _step_account(self, by: int) -> None:
        accounts = self.screen.engine.accounts
        at = accounts.index(self.screen.account)
        self.screen.switch_account(accounts[(at + by) % len(accounts)])

    @does("view.refresh")
    async def refresh(self) -> None:
        """Ask the host again for what is on screen."""
        engine, account = self.screen.engine, self.screen.account
        asking = "Asking the host again"
        match self.screen.panel.place:
            case Place.REMOTE:
                wish = await engine.refresh_remote(account)
            case Place.ENCODINGS:
                wish = await engine.refresh_encodings(account)
            case Place.FILES:
                wish = await engine.refresh(account, self.screen.files.spot.folder)
            case _:
                await self.screen.panel.ask_host()
                self.screen.say(asking)
                return
        self._outcomes.follow(wish, account, asking)

    @does("account.sync")
    async def sync(self) -> None:
        """Ask for what changed in the account."""
        account = self.screen.account
        wish = await self.screen.engine.sync(account)
        self._outcomes.follow(wish, account, f"Asking what changed in {account}")

    @does("account.recheck")
    async def recheck(self) -> None:
        """List every folder of the account again."""
        account = self.screen.account
        wish = await self.screen.engine.sync(account, full=True)
        self._outcomes.follow(wish, account, f"Listing all of {account}")

    @does("view.escape")
    def escape(self) -> None:
        """Take one step back: tree, range, marks, filter, details, search."""
        screen = self.screen
        table = screen.panel.table
        if screen.folder_tree.has_focus:
            screen.show_tree(False)
        elif table.has_range:
            table.end_range()
        elif table.mark_count:
            table.clear_marks()
        elif table.find_highlight:
            table.find_highlight = ""
        elif screen.panel.filter_text:
            screen.panel.set_filter("")
        elif screen.panel is screen.files and screen.files.spot.folder is None:
            screen.files.step_back()
        elif screen.has_class("-details"):
            screen.remove_class("-details")
        else:
            screen.say("")

    # -- everywhere -------------------------------------------------------------------------------

    @does("app.help")
    async def help(self) -> None:
        """Explain the keys of this place."""
        from vhtui.ui.screens.help import Help

        screen = self.screen
        title = "Folders" if screen.place is Place.TREE else screen.panel.title
        await screen.answer(Help(f"Keys in {title}", screen.dispatcher.here()))

    @does("app.palette")
    def palette(self) -> None:
        """Open the palette."""
        self.screen.app.action_command_palette()

    @does("app.command")
    async def command(self) -> None:
        """Ask for a command and carry it out."""
        from vhtui.ui.commands import CommandLine

        line = CommandLine(self.screen)
        text = await self.screen.ask(
            ":", check=line.check, on_change=line.check_query, suggester=line.completer()
        )
        if text and text.strip():
            line.run(text)

    @does("app.redraw")
    def redraw(self) -> None:
        """Write the whole screen again, after something else wrote to the terminal."""
        app = self.screen.app
        if isinstance(app, PaintedApp):
            app.repaint_all()

    @does("app.mouse")
    def mouse(self) -> None:
        """Turn mouse reporting on or off, so that the terminal's own selection works."""
        from vhtui.ui.terminal import set_mouse

        self._mouse_is_on = not self._mouse_is_on
        set_mouse(self.screen.app, on=self._mouse_is_on)
        self.screen.say(f"Mouse {'on' if self._mouse_is_on else 'off'}")

    @does("app.suspend")
    def suspend(self) -> None:
        """Go back to the shell."""
        self.screen.app.action_suspend_process()

    @does("app.quit")
    def quit(self) -> Coroutine[Any, Any, None] | None:
        """Close what is open, or quit."""
        screen = self.screen
        if screen.folder_tree.has_focus:
            screen.show_tree(False)
            return None
        if screen.panel is not screen.files:
            screen.show_panel(Place.FILES)
            return None
        return self.leave()

    async def leave(self) -> None:
        """Quit; while jobs wait, say so and ask."""
        from vhtui.ui.screens.dialogs import Confirm

        engine = self.screen.engine
        waiting = engine.journal.summary().open
        uploads = engine.upload_counts() if engine.is_executor else {}
        sending = uploads.get(UploadState.SENDING, 0)
        unsent = sending + uploads.get(UploadState.QUEUED, 0) if sending else 0
        what = [plural(waiting, "job")] if waiting else []
        what += [plural(unsent, "upload")] if unsent else []
        if what:
            facts = ["Jobs stay in the journal and go on next time."] if waiting else []
            if sending:
                facts.append("What is being sent is sent again next time, from its first byte.")
            verb = "is" if waiting + unsent == 1 else "are"
            question = Confirm(
                f"{' and '.join(what)} {verb} not done. Quit?", facts=facts, yes="Quit"
            )
            if not await self.screen.answer(question):
                return
        self.screen.app.exit()

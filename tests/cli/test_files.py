from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Account, Machine

FILE_KEYS = {
    "kind", "account", "code", "title", "path", "size", "length", "views", "uploaded", "state",
}  # fmt: skip


def test_ls_fetches_what_is_not_known_and_then_needs_no_host(
    machine: Machine, voe: Account
) -> None:
    series = voe.folder("Series")
    code = voe.file("Pilot.mp4", series, size=1234)
    [folder] = machine.run("ls", "main:/", "--json").document
    assert folder["kind"] == "folder"
    assert (folder["title"], folder["path"], folder["id"]) == ("Series", "/Series", str(series))
    before = len(voe.control.requests())
    [file] = machine.run("ls", "main:/Series", "--json").document
    assert file.keys() >= FILE_KEYS
    assert (file["code"], file["path"], file["size"]) == (code, "/Series/Pilot.mp4", 1234)
    assert file["uploaded"].endswith("Z")
    assert (file["kind"], file["account"], file["state"]) == ("file", "main", "ok")
    assert len(voe.control.requests()) == before


def test_ls_prints_a_table_in_which_titles_do_nothing(machine: Machine, voe: Account) -> None:
    voe.file("a\x1b]52;c;x\x07\u202eb.mp4")
    result = machine.run("ls", "main:")
    assert result.status == 0
    assert not any(sign in result.out for sign in "\x1b\x07\u202e")
    assert "1.0 kB" in result.out
    assert machine.run("ls", "main:/", "--json").out.isascii()


def test_ls_recursive_and_fresh(machine: Machine, voe: Account) -> None:
    outer = voe.folder("A")
    voe.file("deep.mp4", voe.folder("B", outer))
    paths = [row["path"] for row in machine.run("ls", "-r", "main:/", "--json").document]
    assert paths == ["/A", "/A/B", "/A/B/deep.mp4"]
    assert "A/B/deep.mp4" in machine.run("ls", "-r", "main:/").out
    voe.file("new.mp4", outer)
    assert len(machine.run("ls", "main:/A", "--json").document) == 1
    assert len(machine.run("ls", "main:/A", "--json", "--fresh").document) == 2


def test_a_path_made_elsewhere_is_found_by_looking_again(machine: Machine, voe: Account) -> None:
    machine.run("sync", "main")
    code = voe.file("late.mp4", voe.folder("Later", voe.folder("Late")))
    [file] = machine.run("info", "main:Late/Later/late.mp4", "--json").document
    assert file["code"] == code


def test_sync_of_all_accounts(machine: Machine, voe: Account) -> None:
    voe.file("one.mp4")
    result = machine.run("sync", "--json")
    assert {row["account"]: row["files"] for row in result.document} == {"main": 1, "ill": 0}
    assert "main: 1 file" in result.err


def test_a_sync_tells_what_it_found_and_asks_for_nothing_else(
    machine: Machine, voe: Account
) -> None:
    folder = voe.folder("Films")
    voe.file("one.mp4", folder)
    first = machine.run("sync", "main", "--json").document[0]["sync"]
    assert (first["kind"], first["new"], first["folders"]) == ("first", 1, 1)
    before = len(voe.control.requests())
    result = machine.run("sync", "main", "--json")
    made = voe.control.requests(before)
    assert len(made) == result.document[0]["sync"]["requests"] <= 5
    assert "main: 1 file" in result.err and "0 new, 0 deleted" in result.err
    voe.change_file(voe.file("two.mp4", folder), "rename", title="2.mp4")
    assert machine.run("sync", "main", "--json").document[0]["sync"]["new"] == 1
    full = machine.run("sync", "main", "--full", "--json").document[0]["sync"]
    assert full["kind"] == "full" and machine.run("info", "main:/Films/2.mp4").status == 0


def test_an_ambiguous_title_lists_the_codes(machine: Machine, voe: Account) -> None:
    codes = {voe.file("same.mp4"), voe.file("same.mp4")}
    result = machine.run("info", "main:/same.mp4")
    assert result.status == 1
    assert all(f"main:@{code}" in result.err for code in codes)
    assert machine.run("info", f"main:@{codes.pop()}").status == 0


def test_a_slash_in_a_title_and_a_folder_of_the_same_path(machine: Machine, voe: Account) -> None:
    code = voe.file("AC/DC 1/2.mp4")
    for path in ("main:/AC/DC 1/2.mp4", "main:/AC／DC 1／2.mp4", "main:/AC／DC 1/2.mp4"):
        [file] = machine.run("info", path, "--json").document
        assert (file["code"], file["path"]) == (code, "/AC／DC 1／2.mp4")
    voe.folder("Both")
    voe.file("Both")
    machine.run("sync", "main")
    kinds = [
        machine.run("info", path, "--json").document[0]["kind"]
        for path in ("main:/Both", "main:/Both/")
    ]
    assert kinds == ["file", "folder"]


def test_paths_that_lead_nowhere(machine: Machine) -> None:
    unknown = machine.run("ls", "main:/nothing/here")
    assert (unknown.status, unknown.out) == (1, "")
    assert "does not exist" in unknown.err
    account = machine.run("ls", "other:/")
    assert account.status == 2
    assert "main, ill" in account.err
    assert machine.run("ls", "/Series").status == 2
    assert machine.run("info", "main:@").status == 2
    assert machine.run("info", "main:@nosuchcode00").status == 1


def test_info_for_people(machine: Machine, voe: Account) -> None:
    code = voe.file("one.mp4")
    out = machine.run("info", "main:/one.mp4", "main:/").out
    assert f"https://voe.sx/e/{code}" in out
    assert "folder" in out


def test_mkdir(machine: Machine, voe: Account) -> None:
    result = machine.run("mkdir", "main:/A", "--json")
    assert result.status == 0
    [job] = result.document
    assert job.keys() >= {"id", "group", "kind", "state", "account", "target", "error"}
    assert (job["state"], job["target"]) == ("done", "A")
    assert machine.run("mkdir", "main:/A").status == 1
    assert machine.run("mkdir", "main:/X/Y").status == 1
    assert machine.run("mkdir", "-p", "main:/A/B/C").status == 0
    assert machine.run("mkdir", "-p", "main:/A/B/C").status == 0
    assert set(voe.folders()) == {"A", "B", "C"}
    assert machine.run("mkdir", "main:/").status == 2


def test_mv_with_undo_and_redo(machine: Machine, voe: Account) -> None:
    folder = voe.folder("Target")
    one, two = voe.file("one.mp4"), voe.file("two.mp4")
    result = machine.run("mv", "main:/one.mp4", f"main:@{two}", "main:/Target")
    assert (result.status, result.out) == (0, "")
    assert "2 files to Target" in result.err
    assert {voe.files()[code]["folder"] for code in (one, two)} == {folder}
    assert machine.run("undo").status == 0
    assert {voe.files()[code]["folder"] for code in (one, two)} == {0}
    assert machine.run("redo").status == 0
    assert {voe.files()[code]["folder"] for code in (one, two)} == {folder}


def test_mv_that_cannot_be(machine: Machine, voe: Account) -> None:
    voe.folder("A")
    voe.folder("B")
    voe.file("one.mp4")
    folder = machine.run("mv", "main:/A", "main:/B")
    assert (folder.status, folder.err) == (1, "vhtui: VOE has no call to move a folder\n")
    assert machine.run("mv", "main:/one.mp4", "ill:/").status == 2
    assert machine.run("mv", "main:/one.mp4", "main:/none").status == 1
    assert machine.run("mv", "main:/A", "main:/one.mp4").status == 1


def test_rename_of_a_file_and_of_a_folder(machine: Machine, voe: Account) -> None:
    voe.folder("Old")
    code = voe.file("old.mp4")
    assert machine.run("rename", "main:/old.mp4", "new.mp4").status == 0
    assert voe.files()[code]["title"] == "new.mp4"
    assert machine.run("rename", "main:/Old/", "New").status == 0
    assert "New" in voe.folders()
    assert machine.run("rename", "main:/new.mp4", "new.mp4").status == 1
    assert machine.run("rename", "main:/new.mp4", "a\nb").status == 2
    assert machine.run("undo").status == 0
    assert "Old" in voe.folders()


def test_rm_to_the_trash_and_back(machine: Machine, voe: Account) -> None:
    code = voe.file("one.mp4")
    assert machine.run("rm", "main:/one.mp4").status == 0
    assert voe.files()[code]["folder"] == voe.folders()["vhtui-trash"]
    assert machine.run("undo").status == 0
    assert voe.files()[code]["folder"] == 0


def test_restore_brings_back_from_the_trash(machine: Machine, voe: Account) -> None:
    folder = voe.folder("Home")
    code = voe.file("one.mp4")
    assert machine.run("mv", "main:/one.mp4", "main:/Home").status == 0
    assert machine.run("rm", "main:/Home/one.mp4").status == 0
    assert voe.files()[code]["folder"] == voe.folders()["vhtui-trash"]
    assert machine.run("restore", f"main:@{code}").status == 0
    assert voe.files()[code]["folder"] == folder
    assert machine.run("restore", f"main:@{code}").status == 1


def test_rm_forever(machine: Machine, voe: Account) -> None:
    code = voe.file("one.mp4")
    unasked = machine.call("rm", "main:/one.mp4", "--forever")
    assert unasked.status == 2
    assert "--yes" in unasked.err
    assert code in voe.files()
    assert machine.run("rm", "main:/one.mp4", "--forever", "--yes").status == 0
    assert code not in voe.files()
    assert machine.run("rm", "main:/one.mp4", "--forever", "--yes").status == 1


def test_a_deletion_stops_at_a_file_that_changed_meanwhile(machine: Machine, voe: Account) -> None:
    code = voe.file("one.mp4")
    machine.run("sync", "main")
    voe.change_file(code, "rename", title="precious.mp4")
    result = machine.run("rm", f"main:@{code}", "--forever", "--yes")
    assert result.status == 1
    assert "not deleted" in result.err
    assert code in voe.files()


def test_links(machine: Machine, voe: Account) -> None:
    folder = voe.folder("S")
    codes = [voe.file(f"Ep {n}.mp4", folder) for n in (10, 2)]
    with (machine.config / "config.toml").open("a") as file:
        file.write('\n[links]\nforum = "{n:02} {title} {page}"\n')
    embeds = machine.run("link", "main:/S").out.splitlines()
    assert embeds == [f"https://voe.sx/e/{code}" for code in reversed(codes)]
    assert machine.run("link", "main:/S/Ep 2.mp4", "--as", "code").out == f"{codes[1]}\n"
    assert machine.run("link", "main:/S", "--as", "forum").out.startswith("01 Ep 2.mp4 https://")
    rows = machine.run("link", "main:/S", "--as", "json").document
    assert [row["code"] for row in rows] == list(reversed(codes))
    unknown = machine.run("link", "main:/S", "--as", "fax")
    assert unknown.status == 2
    assert "markdown" in unknown.err
    copied = machine.run("link", "main:/S/Ep 2.mp4", "--as", "page", "--copy")
    assert "clipboard.txt" in copied.err or "Copied" in copied.err
    kept = machine.data / "state" / "clipboard.txt"
    assert kept.read_text() == f"https://voe.sx/{codes[1]}"


def test_a_ledger_takes_links(machine: Machine, tmp_path: Path) -> None:
    links = tmp_path / "links.txt"
    links.write_text("https://illvid.com/abcdefgh1234.html A title\n\n# note\nzyxwvuts4321\n")
    assert machine.run("import", "ill:/Shelf", str(links)).status == 0
    rows = machine.run("ls", "ill:/Shelf", "--json").document
    assert {row["code"]: row["title"] for row in rows} == {
        "abcdefgh1234": "A title",
        "zyxwvuts4321": "zyxwvuts4321",
    }
    again = machine.call("import", "ill:/Shelf", "-", stdin="abcdefgh1234\n")
    assert again.status == 0
    assert "0 new" in again.err
    links.write_text("not a link at all!\n")
    assert machine.run("import", "ill:/", str(links)).status == 1
    assert machine.run("import", "ill:/", str(tmp_path / "none")).status == 1
    assert machine.run("import", "main:/", str(links)).status == 2
    marked = machine.run("ls", "ill:/Shelf", "--json", "--fresh").document
    assert {row["state"] for row in marked} == {"gone"}


def test_what_a_host_or_a_read_only_account_cannot_do(
    bare: Machine, voe: Account, illvid: Account
) -> None:
    bare.add("ro", "voe", voe.access, more="read_only = true")
    bare.add("ill", "illvid", illvid.access)
    voe.file("one.mp4")
    for command in (
        ("rename", "ro:/one.mp4", "x"),
        ("rm", "ro:/one.mp4"),
        ("mkdir", "ro:/X"),
        ("remote", "add", "https://example.com/x.mp4", "--to", "ro:/"),
    ):
        result = bare.run(*command)
        assert result.status == 1
        assert "read-only" in result.err
    assert bare.run("mkdir", "ill:/X").err == "vhtui: illvid has no call to create a folder\n"

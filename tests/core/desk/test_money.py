"""The embed domain and premium keys."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.core.desk.conftest import Desk, make_engine
from vhtui.config import parse_settings
from vhtui.errors import ConfigError, UnsupportedError, UsageError
from vhtui.links import DEFAULT_BASES
from vhtui.models import Capability
from vhtui.sandbox import RunningSandbox
from vhtui.toml import parse_document


async def age(desk: Desk, seconds: int) -> None:
    await desk.engine.write(
        lambda tx: tx.sql.execute("UPDATE embed_domain SET at = at - ?", (seconds,)).rowcount
    )


async def test_the_domain_is_used_in_links_and_asked_for_every_five_minutes(desk: Desk) -> None:
    engine = desk.engine
    usual = DEFAULT_BASES["voe"]
    assert engine.domain("voe") is None and engine.link_base("voe") == usual
    await desk.answer(await engine.refresh_domain("voe"))
    await engine.write(
        lambda tx: tx.sql.execute("UPDATE embed_domain SET domain = 'today.example'").rowcount
    )
    assert engine.link_base("voe").embed == "https://today.example/e/{code}"
    await desk.answer(await engine.refresh_domain("voe"))
    assert desk.requests("settings/domain") == 1
    await age(desk, 299 + 3400)
    assert engine.link_base("voe") == usual
    await desk.answer(await engine.refresh_domain("voe"))
    assert desk.requests("settings/domain") == 2
    assert engine.link_base("voe").domain == "voe.sx"
    with pytest.raises(UnsupportedError):
        await engine.refresh_domain("illvid")


async def test_a_refused_domain_is_remembered_for_an_hour(desk: Desk) -> None:
    engine = desk.engine
    said = {"message": "Only for webmaster accounts.", "status": 403, "success": False}
    desk.fault("settings/domain", "status", status=403, body=said, times=9)
    assert await desk.answer(await engine.refresh_domain("voe")) == ""
    domain = engine.domain("voe")
    assert domain is not None and domain.refusal == "Only for webmaster accounts"
    assert engine.link_base("voe") == DEFAULT_BASES["voe"]
    await age(desk, 3500)
    await desk.answer(await engine.refresh_domain("voe"))
    assert desk.requests("settings/domain") == 1
    await age(desk, 200)
    await desk.answer(await engine.refresh_domain("voe"))
    assert desk.requests("settings/domain") == 2
    assert await desk.answer(await engine.refresh_account("voe")) == ""
    assert engine.store.account("voe").state == "ok"


async def bought(desk: Desk, days: int = 30, amount: int = 3) -> str:
    """Order keys and wait for what comes of it; return the order's state."""
    id = await desk.engine.buy_premium("voe", days, amount)
    await desk.until(lambda: not desk.engine.premium_orders("voe")[0].is_open, "ordered")
    order = desk.engine.premium_orders("voe")[0]
    assert order.id == id
    return order.state


async def test_keys_are_bought_once_and_kept_for_the_owner_alone(desk: Desk) -> None:
    assert await bought(desk) == "done"
    [applied] = desk.applied("reseller/premium/generate")
    order = desk.engine.premium_orders("voe")[0]
    keys = desk.engine.premium_keys(order)
    assert [key.key for key in keys] == applied["result"]["keys"]
    assert {key.days for key in keys} == {30}
    file = Path(order.file)
    assert file.parent == desk.data / "premium"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert keys[0].key not in repr(keys) + repr(order)
    assert await bought(desk) == "done"
    assert len(desk.applied("reseller/premium/generate")) == 2
    database = b"".join(path.read_bytes() for path in desk.data.glob("library.db*"))
    assert keys[0].key.encode() not in database


@pytest.mark.parametrize("kind", ["apply_then_disconnect", "disconnect", "invalid_json", "empty"])
async def test_a_doubtful_order_keeps_the_next_one_back(desk: Desk, kind: str) -> None:
    desk.fault("reseller/premium/generate", kind)
    assert await bought(desk) == "doubtful"
    assert desk.requests("reseller/premium/generate") == 1
    with pytest.raises(UsageError, match="decide it first"):
        await desk.engine.buy_premium("voe", 30, 1)
    order = desk.engine.premium_orders("voe")[0]
    await desk.engine.settle_premium("voe", order.id, bought=False)
    assert await bought(desk) == "done"
    with pytest.raises(UsageError, match="does not wait"):
        await desk.engine.settle_premium("voe", order.id, bought=False)


async def test_a_refused_order_bought_nothing(desk: Desk) -> None:
    desk.fault("reseller/premium/generate", "success_false")
    assert await bought(desk) == "failed"
    assert desk.engine.premium_orders("voe")[0].error.startswith("nothing was bought")
    assert list((desk.data / "premium").iterdir()) == []
    assert await bought(desk) == "done"


async def test_without_a_place_for_the_keys_nothing_is_sent(desk: Desk) -> None:
    (desk.data / "premium").write_text("in the way")
    assert await bought(desk) == "failed"
    assert desk.requests("reseller/premium/generate") == 0


async def test_an_order_that_was_interrupted_is_in_doubt(
    sandbox: RunningSandbox, access: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    engine = make_engine(access, tmp_path)
    await engine.open()
    id = await engine.buy_premium("voe", 30, 1)
    await engine.write(
        lambda tx: tx.sql.execute("UPDATE premium_order SET state = 'sent'").rowcount
    )
    async with engine.running() as task:
        desk = Desk(engine, sandbox.control, access, task, tmp_path, 0)
        await desk.until(lambda: not engine.premium_orders("voe")[0].is_open)
        assert engine.premium_orders("voe")[0].state == "doubtful"
        await engine.settle_premium("voe", id, bought=True)
        again = await engine.buy_premium("voe", 30, 1)
        await desk.until(lambda: engine.premium_orders("voe")[0].state == "done")
    done = engine.premium_orders("voe")[0]
    await engine.write(
        lambda tx: (
            tx.sql.execute(
                "UPDATE premium_order SET state = 'sent' WHERE id = ?", (again,)
            ).rowcount
        )
    )
    async with engine.running() as task:
        desk = Desk(engine, sandbox.control, access, task, tmp_path, 0)
        await desk.until(lambda: not engine.premium_orders("voe")[0].is_open)
    recovered = engine.premium_orders("voe")[0]
    assert (recovered.state, recovered.file) == ("done", done.file)
    engine.close()


async def test_an_order_nobody_carried_out_lapses(
    sandbox: RunningSandbox, access: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    engine = make_engine(access, tmp_path)
    await engine.open()
    await engine.buy_premium("voe", 30, 1)
    with pytest.raises(UsageError, match="still being carried out"):
        await engine.buy_premium("voe", 30, 1)
    await engine.write(
        lambda tx: tx.sql.execute("UPDATE premium_order SET created = created - 9999").rowcount
    )
    async with engine.running() as task:
        desk = Desk(engine, sandbox.control, access, task, tmp_path, 0)
        await desk.until(lambda: not engine.premium_orders("voe")[0].is_open)
    assert "too old" in engine.premium_orders("voe")[0].error
    assert desk.applied("reseller/premium/generate") == []
    engine.close()


async def test_buying_has_to_be_switched_on(
    access: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    engine = make_engine(access, tmp_path, premium=False)
    await engine.open()
    with pytest.raises(ConfigError, match=r"premium = true under \[interface\]"):
        await engine.buy_premium("voe", 30, 1)
    assert "switched off" in (engine.cannot("voe", Capability.PREMIUM_KEYS) or "")
    assert "no call" in (engine.cannot("illvid", Capability.PREMIUM_KEYS) or "")
    engine.close()
    with pytest.raises(ConfigError, match=r"config\.toml line 2: interface\.premium is 1"):
        parse_settings(parse_document("config.toml", "[interface]\npremium = 1\n"))
    assert parse_settings(parse_document("c", "[interface]\npremium = true\n")).premium


async def test_silly_orders_are_refused(desk: Desk) -> None:
    for days, amount in ((0, 1), (30, 0), (30, 101)):
        with pytest.raises(UsageError):
            await desk.engine.buy_premium("voe", days, amount)

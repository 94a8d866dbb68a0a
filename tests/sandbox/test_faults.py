from __future__ import annotations

from typing import Any

import httpx
import pytest

from vhtui.sandbox.client import Control


@pytest.fixture
def code(control: Control, account: dict[str, str]) -> str:
    return str(control.files(account=account["account"])[0]["code"])


def rename(voe: httpx.Client, code: str) -> httpx.Response:
    return voe.get("/file/rename", params={"file_code": code, "title": "Renamed"})


def title(control: Control, account: dict[str, str], code: str) -> str:
    files = control.files(account=account["account"])
    return next(str(row["title"]) for row in files if row["code"] == code)


@pytest.mark.parametrize(
    ("fault", "status", "applied"),
    [
        ({"kind": "status", "status": 503, "headers": {"Retry-After": "7"}}, 503, False),
        ({"kind": "apply_then_status", "status": 502}, 502, True),
        ({"kind": "delay", "seconds": 0.01}, 200, True),
        ({"kind": "apply_then_delay", "seconds": 0.01}, 200, True),
        ({"kind": "partial"}, 500, False),
        ({"kind": "success_false"}, 200, False),
        ({"kind": "success_false", "apply": True}, 200, True),
        ({"kind": "html"}, 200, False),
        ({"kind": "invalid_json"}, 200, False),
        ({"kind": "empty"}, 200, False),
        ({"kind": "wrong_types"}, 200, True),
        ({"kind": "redirect"}, 302, False),
        ({"kind": "disconnect"}, None, False),
        ({"kind": "apply_then_disconnect"}, None, True),
        ({"kind": "truncate"}, None, True),
    ],
)
def test_each_kind_answers_and_applies_as_it_says(
    voe: httpx.Client,
    control: Control,
    account: dict[str, str],
    code: str,
    fault: dict[str, Any],
    status: int | None,
    applied: bool,
) -> None:
    control.add_faults({"call": "file/rename", "account": account["account"]} | fault)
    if status is None:
        with pytest.raises(httpx.RemoteProtocolError):
            rename(voe, code)
    else:
        response = rename(voe, code)
        assert response.status_code == status
        for name, value in fault.get("headers", {}).items():
            assert response.headers[name] == value
    assert (title(control, account, code) == "Renamed") is applied
    assert rename(voe, code).json()["success"] is True


def test_partial_applies_the_first_half(
    voe: httpx.Client, control: Control, account: dict[str, str]
) -> None:
    codes = [row["code"] for row in control.files(account=account["account"])][:5]
    control.add_faults({"call": "file/delete", "kind": "partial"})
    assert voe.get("/file/delete", params={"del_code": ",".join(codes)}).status_code == 500
    left = {row["code"] for row in control.files(account=account["account"])}
    assert [code in left for code in codes] == [False, False, True, True, True]


def test_late_applies_after_its_answer(
    voe: httpx.Client, control: Control, account: dict[str, str], code: str
) -> None:
    control.add_faults({"call": "file/rename", "kind": "late", "seconds": 100})
    assert rename(voe, code).status_code == 500
    assert title(control, account, code) != "Renamed"
    control.advance(101)
    assert title(control, account, code) == "Renamed"


def test_skip_and_times_count_matching_requests(
    voe: httpx.Client, control: Control, account: dict[str, str]
) -> None:
    rule = {"call": "*", "kind": "status", "status": 500, "skip": 1, "times": 2}
    control.add_faults(rule | {"account": account["account"]})
    statuses = [voe.get("/settings/domain").status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_illvid_and_uploads_can_be_disturbed(
    illvid: httpx.Client, voe: httpx.Client, control: Control, account: dict[str, str]
) -> None:
    control.add_faults(
        {"call": "account_info", "kind": "html", "provider": "illvid"},
        {"call": "upload", "kind": "apply_then_disconnect", "provider": "voe"},
    )
    assert "<html>" in illvid.get("", params={"op": "account_info"}).text
    node = voe.get("/upload/server").json()["result"]
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(node, params={"key": account["key"]}, files={"file": ("lost.mp4", b"x")})
    assert control.uploads()[-1]["name"] == "lost.mp4"


def test_a_senseless_rule_is_refused(control: Control) -> None:
    from urllib.error import HTTPError

    for rule in ({"kind": "nonsense"}, {"kind": "html", "nonsense": 1}):
        with pytest.raises(HTTPError) as refused:
            control.add_faults(rule)
        assert refused.value.code == 400
        refused.value.close()

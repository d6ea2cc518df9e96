"""Behind a TLS proxy on the same machine the hub knows the visitor's own address and that the line is safe."""

import pytest
import requests

from tests.sync_server.conftest import PASSWORD, Serving


def enter(serving: Serving, **headers: str) -> requests.Response:
    form = {"login": "anna", "password": PASSWORD}
    return requests.post(f"{serving.url}/login", data=form, headers=headers, allow_redirects=False, timeout=10)


def test_the_cookie_of_a_safe_line_is_never_sent_over_an_open_one(serving: Serving) -> None:
    safe, bare = enter(serving, **{"X-Forwarded-Proto": "https"}), enter(serving)
    assert (safe.status_code, bare.status_code) == (302, 302)
    assert "Secure" in safe.headers["Set-Cookie"]
    assert "Secure" not in bare.headers["Set-Cookie"]


def test_a_code_is_shown_with_the_address_that_the_visitor_uses(serving: Serving) -> None:
    session = requests.Session()
    session.cookies.update(enter(serving).cookies)
    key = session.get(f"{serving.url}/codes", timeout=10).text.partition('name="key" value="')[2].partition('"')[0]
    user = serving.access.users.get("boris").id
    page = session.post(f"{serving.url}/codes", data={"key": key, "user": user}, headers={"X-Forwarded-Proto": "https"}, timeout=10).text
    assert f"https://{serving.url.removeprefix('http://')}" in page


@pytest.mark.parametrize(("host", "local"), [("", True), ("orders.example.ru", False), ("192.168.1.5:8001", False)])
def test_an_address_that_means_only_the_hub_itself_is_told_to_be_one(serving: Serving, host: str, *, local: bool) -> None:
    session = requests.Session()
    session.cookies.update(enter(serving).cookies)
    key = session.get(f"{serving.url}/codes", timeout=10).text.partition('name="key" value="')[2].partition('"')[0]
    form, headers = {"key": key, "user": serving.access.users.get("boris").id}, {"Host": host} if host else {}
    page = session.post(f"{serving.url}/codes", data=form, headers=headers, timeout=10).text
    assert ("видит только он сам" in page) is local


def test_guessing_from_one_address_slows_no_other_down(serving: Serving) -> None:
    def guess(visitor: str) -> int:
        body = {"code": "АААА-АААА", "label": "Ноутбук"}
        return requests.post(f"{serving.url}/api/v1/enrol", json=body, headers={"X-Forwarded-For": visitor}, timeout=10).status_code

    assert [guess("203.0.113.7") for _ in range(6)] == [403] * 5 + [429]
    assert guess("203.0.113.8") == 403

"""The address of a hub as people type it, and what enrolment says of one where nobody answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.hubline import SECRETS, HubAddress, NoLine, address_of, addresses_of, invited
from local_app.sync import Syncer, not_found
from shared.change import Refused, SyncTrouble


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" https://orders.example.ru/ ", "https://orders.example.ru"),
        ("orders.example.ru", "https://orders.example.ru"),
        ("orders.example.ru:8443/hub/", "https://orders.example.ru:8443/hub"),
        ("//orders.example.ru/login?next=/#top", "https://orders.example.ru/login"),
        ("заказы.рф", "https://заказы.рф"),
        ("192.168.0.5:8001", "https://192.168.0.5:8001"),
        ("http://192.168.0.5:8001", "http://192.168.0.5:8001"),
        ("HTTPS://Orders.example.ru", "https://Orders.example.ru"),
        ("127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("localhost:8001", "http://localhost:8001"),
        ("[::1]:8001", "http://[::1]:8001"),
        ("localhost.example.ru", "https://localhost.example.ru"),
        ("127.0.0.1.example.ru", "https://127.0.0.1.example.ru"),
    ],
)
def test_a_scheme_is_added_where_none_is_typed(typed: str, address: str) -> None:
    assert address_of(typed) == address


@pytest.mark.parametrize("typed", ["", "  ", "https://", "http:///", "/"])
def test_an_empty_address_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Refused, match="Введите адрес сервера"):
        address_of(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://orders.example.ru",
        "orders example.ru",
        "mailto://a",
        "http:/a.ru",
        "http:a.ru",
        "http://[::1",
        "http://me:word@a.ru",
        "a.ru:x",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match=r"записан неверно. Он выглядит так: https://orders"):
        address_of(typed)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.5:8001 К7М4-Р2ХД", ""),
        ("", " http://10.0.0.5:8001\nК7М4-Р2ХД "),
        ("https://orders.example.ru", "http://10.0.0.5:8001 К7М4-Р2ХД"),
    ],
)
def test_the_text_of_a_picture_is_taken_apart_in_whichever_field_it_is(url: str, code: str) -> None:
    assert invited(url, code) == ("http://10.0.0.5:8001", "К7М4-Р2ХД")


@pytest.mark.parametrize(("url", "code"), [("orders.example.ru", "К7М4 Р2ХД"), ("orders.example.ru", "К7М4"), ("", "К7М4 Р2ХД"), ("", "")])
def test_an_address_and_a_code_that_were_typed_are_what_they_are(url: str, code: str) -> None:
    assert invited(url, code) == (url, code)


def test_an_enrolment_without_a_code_asks_no_hub(tmp_path: Path) -> None:
    Desk.open(tmp_path, create=True).close()
    with pytest.raises(Refused, match="Введите одноразовый код"):
        Syncer(tmp_path).enrol("127.0.0.1:1", " ")


def test_the_hub_is_looked_for_without_the_page_too_and_never_by_http_when_https_was_meant() -> None:
    assert addresses_of("orders.example.ru/login") == ["https://orders.example.ru/login", "https://orders.example.ru"]
    assert addresses_of("http://10.0.0.5:8001/login") == ["http://10.0.0.5:8001/login", "http://10.0.0.5:8001", "https://10.0.0.5:8001"]


def test_who_typed_no_scheme_learns_how_a_hub_without_https_is_typed() -> None:
    assert str(not_found("10.0.0.5:8001", NoLine(""))).endswith("начните адрес с http://")
    assert "http://" not in str(not_found("https://10.0.0.5:8001", NoLine("")))


def test_an_enrolment_that_reaches_nobody_does_not_promise_to_repeat_itself(tmp_path: Path) -> None:
    Desk.open(tmp_path, create=True).close()
    with pytest.raises(SyncTrouble, match=r"По адресу http://127.0.0.1:1 никто не отвечает. Проверьте адрес и сеть и попробуйте ещё раз"):
        Syncer(tmp_path).enrol("127.0.0.1:1", "0000-0000")


@pytest.mark.parametrize(
    "content", ["", "5", "[]", "{}", '{"url": 5}', '{"url": null}', '{"url": "http://127.0.0.1:1", "token": {}}', "{", "[" * 100_000]
)
def test_a_kept_address_that_is_damaged_is_told_with_the_way_out(tmp_path: Path, content: str) -> None:
    (tmp_path / SECRETS).write_text(content, encoding="utf-8")
    with pytest.raises(SyncTrouble, match=r"Файл hub.json повреждён. Подключите ноутбук к серверу заново одноразовым кодом"):
        HubAddress.of(tmp_path)

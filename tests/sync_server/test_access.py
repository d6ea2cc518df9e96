"""Accounts: passwords, roles, codes, devices, sessions, throttling."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from shared.change import Refused
from sync_server.access import Access
from sync_server.access.codes import ALPHABET, LIFE_MS, TWINS
from sync_server.access.devices import all_prefixes
from sync_server.access.sessions import LIFE_MS as SESSION_MS
from sync_server.access.throttle import FREE_ATTEMPTS, KEYS, Throttle, Throttled
from tests.sync_server.conftest import PASSWORD, QUICK, Clock, Serving

ANNA = "01a20907-8851-7ad5-aa50-829a5aac0d45"
BORIS = "01a20907-89f1-7947-9fd8-f0f6d9d49ae8"


@pytest.fixture
def people(access: Access) -> Access:
    """An administrator and a salesperson."""
    access.users.add(ANNA, "Anna", "Анна", "administrator", PASSWORD)
    access.users.add(BORIS, "boris", "Борис", "salesperson", PASSWORD)
    return access


def words(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return str(refusal.value)


def dumped(path: Path) -> str:
    """All that a database says."""
    with closing(sqlite3.connect(path)) as db:
        return "\n".join(db.iterdump())


class TestUsers:
    def test_log_in_by_login_in_any_letter_case(self, people: Access) -> None:
        assert people.log_in(" aNNa ", PASSWORD, "10.0.0.1").id == ANNA

    def test_get_the_same_words_for_a_wrong_password_an_unknown_login_and_a_closed_account(self, people: Access) -> None:
        people.users.set_closed(people.users.get("boris"), closed=True)
        wrong = words(lambda: people.log_in("anna", "неверная лошадь", "a"))
        assert wrong == words(lambda: people.log_in("nobody", PASSWORD, "a")) == words(lambda: people.log_in("boris", PASSWORD, "a"))

    def test_keep_no_password_in_the_file(self, people: Access, tmp_path: Path) -> None:
        people.book.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = (tmp_path / "accounts.sqlite").read_bytes()
        assert PASSWORD.encode() not in kept
        assert b"$argon2id$" in kept

    def test_of_a_real_hub_have_passwords_that_are_slow_to_guess(self, tmp_path: Path) -> None:
        real = Access.open(tmp_path, create=True)
        real.users.add(ANNA, "anna", "Анна", "administrator", PASSWORD)
        row = real.book.row("SELECT password FROM users")
        assert row is not None
        assert row["password"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        real.close()

    @pytest.mark.parametrize(
        ("login", "role", "password", "part"),
        [
            ("ANNA", "manager", PASSWORD, "уже занято"),
            ("with space", "manager", PASSWORD, "без пробелов"),
            ("new", "king", PASSWORD, "Роли «king» нет"),
            ("new", "manager", "short", "не меньше 8"),
            ("new", "manager", "x" * 201, "не больше 200"),
        ],
    )
    def test_are_refused_with_a_reason(self, people: Access, login: str, role: str, password: str, part: str) -> None:
        assert part in words(lambda: people.users.add("id", login, "Имя", role, password))

    def test_never_lose_their_last_administrator(self, people: Access) -> None:
        anna = people.users.get("anna")
        assert "последний администратор" in words(lambda: people.users.set_role(anna, "reader"))
        assert "последний администратор" in words(lambda: people.users.set_closed(anna, closed=True))
        people.users.set_role(people.users.get("boris"), "administrator")
        people.users.set_role(anna, "reader")
        assert people.users.get("anna").role == "reader"


class TestCodes:
    def test_are_not_given_for_a_closed_account_and_lead_into_none(self, people: Access) -> None:
        code, boris = people.codes.issue(BORIS), people.users.get("boris")
        people.users.set_closed(boris, closed=True)
        assert "boris закрыта" in words(lambda: people.issue_code(people.users.get("boris")))
        assert ("закрыта" in words(lambda: people.enrol(code, "Ноутбук", "0.1")), people.devices.all()) == (True, [])

    def test_look_like_two_groups_of_clear_letters(self, people: Access) -> None:
        code = people.codes.issue(BORIS)
        assert len(code) == 9
        assert code[4] == "-"
        assert set(code) <= {*ALPHABET, "-"}

    def test_have_no_letter_that_is_taken_for_another(self) -> None:
        assert not set("ОЗВБЧИЙШЩЬЪЫЁЦЭ0138") & set(ALPHABET)
        assert ALPHABET.translate(TWINS) == ALPHABET

    def test_are_understood_in_small_letters_with_spaces_and_from_a_latin_keyboard(self, access: Access) -> None:
        access.users.add(BORIS, "boris", "Борис", "salesperson", PASSWORD)
        latin = {cyrillic: chr(twin) for twin, cyrillic in TWINS.items() if chr(twin).isascii()}
        for _ in range(3):
            code = access.codes.issue(BORIS)
            assert access.codes.spend(f" {code.lower().replace('-', ' ').upper().translate(latin).lower()} ") == BORIS

    def test_are_spent_once(self, people: Access) -> None:
        code = people.codes.issue(BORIS)
        people.enrol(code, "Первый", "0.1")
        assert "уже использован" in words(lambda: people.enrol(code, "Второй", "0.1"))
        assert [device.label for device in people.devices.all()] == ["Первый"]

    def test_are_spent_once_even_when_typed_on_many_laptops_at_the_same_moment(self, people: Access) -> None:
        code = people.codes.issue(BORIS)

        def attempt(number: int) -> bool:
            try:
                return bool(people.enrol(code, f"Ноутбук {number}", "0.1"))
            except Refused:
                return False

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(attempt, range(8))) == 1
        assert len(people.devices.all()) == 1

    def test_are_worth_nothing_after_seven_days(self, people: Access, clock: Clock) -> None:
        code = people.codes.issue(BORIS)
        clock.pass_ms(LIFE_MS - 1)
        assert len(people.codes.waiting()) == 1
        clock.pass_ms(1)
        assert people.codes.waiting() == []
        assert "старше семи дней" in words(lambda: people.codes.spend(code))

    def test_are_kept_as_digests_only(self, people: Access, tmp_path: Path) -> None:
        code = people.codes.issue(BORIS)
        assert code.replace("-", "") not in dumped(tmp_path / "accounts.sqlite")

    def test_can_be_withdrawn(self, people: Access) -> None:
        code = people.codes.issue(BORIS)
        people.codes.withdraw(BORIS)
        assert "не подходит" in words(lambda: people.codes.spend(code))


class TestDevices:
    def test_are_known_by_a_token_that_is_told_once(self, people: Access, tmp_path: Path) -> None:
        found = people.enrol(people.codes.issue(BORIS), "  Ноутбук   Бориса ", "0.1")
        known = people.devices.by_token(found.token)
        assert known == found.device
        assert known.label == "Ноутбук Бориса"
        assert people.devices.by_token(found.token[:-1]) is None
        assert found.token not in dumped(tmp_path / "accounts.sqlite")

    def test_get_prefixes_of_two_characters_that_never_repeat(self, people: Access) -> None:
        device, _ = people.devices.add(BORIS, "Ноутбук", "0.1")
        given = {device.prefix, *(people.devices.give_prefix(device.id) for _ in range(60))}
        assert len(given) == 61
        assert {len(prefix) for prefix in given} == {2}
        assert people.devices.get(device.prefix).id == device.id

    def test_have_enough_prefixes_for_a_company_and_none_twice(self) -> None:
        assert len(set(all_prefixes())) == len(all_prefixes()) > 1500

    def test_are_written_down_once_a_minute(self, people: Access, clock: Clock) -> None:
        device, token = people.devices.add(BORIS, "Ноутбук", "0.1")
        people.devices.seen(device, "0.1", 5)
        first = people.devices.by_token(token)
        assert first is not None
        clock.pass_ms(59_000)
        people.devices.seen(first, "0.1", 5)
        assert people.devices.get(device.id).seen_ms == first.seen_ms
        clock.pass_ms(1_000)
        people.devices.seen(first, "0.1", 5)
        assert people.devices.get(device.id).seen_ms == clock.ms

    def test_of_one_name_are_told_apart_by_prefix_or_number(self, people: Access) -> None:
        first, second = (people.devices.add(BORIS, "DESKTOP", "0.1")[0] for _ in range(2))
        assert "несколько" in words(lambda: people.devices.get("DESKTOP"))
        assert people.devices.get(second.prefix).id == second.id
        people.devices.rename(first, "  Ноутбук\tБориса ")
        assert people.devices.get("Ноутбук Бориса").id == first.id
        assert people.devices.get("DESKTOP").id == second.id

    def test_stay_revoked_and_may_be_wiped_later(self, people: Access, clock: Clock) -> None:
        device, _ = people.devices.add(BORIS, "Ноутбук", "0.1")
        people.devices.revoke(device)
        clock.pass_ms(1000)
        people.devices.revoke(people.devices.get(device.id), wipe=True)
        revoked = people.devices.get(device.id)
        assert (revoked.revoked_ms, revoked.wipe) == (clock.ms - 1000, True)
        assert revoked.state == "Отозвано, данные будут стёрты при подключении"


class TestSessions:
    def test_end_with_time_with_a_new_password_and_with_a_closed_account(self, people: Access, clock: Clock) -> None:
        boris = people.users.get("boris")
        cookie = people.sessions.start(boris)
        assert people.sessions.read(cookie) is not None
        clock.pass_ms(SESSION_MS)
        assert people.sessions.read(cookie) is None
        fresh = people.sessions.start(boris)
        people.users.set_password(boris, "другая лошадь")
        assert people.sessions.read(fresh) is None
        again = people.sessions.start(people.users.get("boris"))
        people.users.set_closed(people.users.get("boris"), closed=True)
        assert people.sessions.read(again) is None

    @pytest.mark.parametrize("cookie", [None, "", "x", "W10.x", "..", "\ud800".encode("utf-8", "replace").decode()])
    def test_are_not_made_of_anything(self, people: Access, cookie: str | None) -> None:
        assert people.sessions.read(cookie) is None

    def test_of_another_hub_are_foreign(self, people: Access, tmp_path: Path, clock: Clock) -> None:
        (tmp_path / "other").mkdir()
        other = Access.open(tmp_path / "other", clock=clock, luck=random.Random(8).randbytes, create=True)
        other.users.add(ANNA, "anna", "Анна", "administrator", PASSWORD)
        assert people.sessions.read(other.sessions.start(other.users.get(ANNA))) is None
        other.close()


class TestThrottling:
    def test_lets_a_few_wrong_passwords_pass_and_then_makes_wait_longer_each_time(self, people: Access, clock: Clock) -> None:
        for _ in range(FREE_ATTEMPTS):
            assert "не подходят" in words(lambda: people.log_in("anna", "неверно", "10.0.0.1"))
        assert "Подождите" in words(lambda: people.log_in("anna", PASSWORD, "10.0.0.1"))
        clock.pass_ms(5_000)
        assert "не подходят" in words(lambda: people.log_in("anna", "неверно", "10.0.0.1"))
        clock.pass_ms(5_000)
        assert "Подождите" in words(lambda: people.log_in("anna", PASSWORD, "10.0.0.1"))
        clock.pass_ms(5_000)
        assert people.log_in("anna", PASSWORD, "10.0.0.1").id == ANNA

    @pytest.mark.usefixtures("people")
    def test_keeps_nobody_out_because_the_clock_was_put_right(self, tmp_path: Path, clock: Clock) -> None:
        with closing(Access.open(tmp_path, clock=clock, hasher=QUICK, ticks=lambda: 0)) as hub:
            assert "не подходят" in words(lambda: hub.log_in("anna", "неверно", "10.0.0.1"))
            clock.pass_ms(-365 * 24 * 3600 * 1000)
            assert hub.log_in("anna", PASSWORD, "10.0.0.1").id == ANNA

    def test_does_not_lock_out_the_user_at_another_address(self, people: Access) -> None:
        for _ in range(FREE_ATTEMPTS):
            words(lambda: people.log_in("anna", "неверно", "10.0.0.1"))
        assert people.log_in("anna", PASSWORD, "10.0.0.2").id == ANNA

    def test_waits_a_quarter_of_an_hour_at_most(self, clock: Clock) -> None:
        throttle = Throttle(clock)
        for _ in range(40):
            throttle.check("key")
            clock.pass_ms(15 * 60_000)
        throttle.check("key")
        with pytest.raises(Throttled) as refusal:
            throttle.check("key")
        assert refusal.value.seconds <= 15 * 60 + 1

    def test_remembers_a_bounded_number_of_keys(self, clock: Clock) -> None:
        throttle = Throttle(clock)
        for number in range(KEYS + 100):
            throttle.check(str(number))
        assert len(throttle._attempts) == KEYS


class TestTheFileOfAccounts:
    def test_is_not_made_by_looking_for_it(self, tmp_path: Path) -> None:
        assert "нет сервера" in words(lambda: Access.open(tmp_path))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("content", [b"hello, I am no database at all, just some text" * 40, b""])
    def test_of_another_program_is_not_touched(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "accounts.sqlite"
        path.write_bytes(content)
        assert "повреждён или создан другой программой" in words(lambda: Access.open(tmp_path))
        assert path.read_bytes() == content

    def test_of_another_database_is_not_touched(self, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "accounts.sqlite")) as foreign, foreign:
            foreign.execute("CREATE TABLE users (mine)")
        assert "другой программой" in words(lambda: Access.open(tmp_path, create=True))

    def test_keeps_its_secret_between_two_openings(self, people: Access, tmp_path: Path, clock: Clock) -> None:
        cookie = people.sessions.start(people.users.get(ANNA))
        again = Access.open(tmp_path, clock=clock)
        assert again.sessions.read(cookie) is not None
        again.close()


def test_a_laptop_goes_on_with_the_prefix_it_had_at_a_lost_hub_unless_it_is_taken(serving: Serving) -> None:
    first, second = (serving.access.codes.issue(serving.access.users.get("boris").id) for _ in range(2))
    assert serving.access.enrol(first, "Ноутбук", "1", "БВ").device.prefix == "БВ"
    assert serving.access.enrol(second, "Копия", "1", "БВ").device.prefix not in ("", "БВ")


def test_a_wished_prefix_that_is_none_is_not_given(serving: Serving) -> None:
    code = serving.access.codes.issue(serving.access.users.get("boris").id)
    assert serving.access.enrol(code, "Ноутбук", "1", "<b>").device.prefix == "АА"

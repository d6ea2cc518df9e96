"""The administrator's pages over a real port: who may see them, what their forms do, what a foreign form cannot do."""

from __future__ import annotations

import re
from html import unescape

import pytest
import requests

from sync_server.access.sessions import COOKIE
from tests.support.qr import qr_text
from tests.sync_server.conftest import PASSWORD, Serving


class Visitor:
    """A browser without scripts: a session, and forms that carry what the page gave them."""

    def __init__(self, serving: Serving, login: str = "", password: str = PASSWORD) -> None:
        self.url = serving.url
        self.session = requests.Session()
        if login:
            self.session.post(f"{self.url}/login", data={"login": login, "password": password}, timeout=10)

    def get(self, path: str) -> str:
        return unescape(self.session.get(self.url + path, timeout=10).text)

    def send(self, path: str, page: str = "/password", **form: str) -> requests.Response:
        key = re.search(r'name="key" value="(\w+)"', self.get(page))
        return self.session.post(self.url + path, data={"key": key[1] if key else "", **form}, timeout=10)


@pytest.fixture
def anna(serving: Serving) -> Visitor:
    return Visitor(serving, "anna")


def heading(page: str) -> str:
    found = re.search(r"<h1>([^<]*)</h1>", page)
    return found[1] if found else ""


def notice(answer: requests.Response) -> str:
    found = re.search(r'class="notice \w+" role="\w+">([^<]*)<', unescape(answer.text))
    return found[1] if found else ""


class TestEntering:
    def test_a_stranger_sees_the_login_only(self, serving: Serving) -> None:
        assert {heading(Visitor(serving).get(path)) for path in ("/", "/users", "/devices", "/codes", "/password")} == {"Вход на сервер"}

    def test_an_administrator_sees_users_devices_and_codes(self, anna: Visitor) -> None:
        assert [heading(anna.get(path)) for path in ("/", "/devices", "/codes")] == ["Пользователи", "Устройства", "Коды подключения"]

    @pytest.mark.parametrize("login", ["maria", "boris", "rita"])
    def test_others_see_their_own_password_page_only(self, serving: Serving, login: str) -> None:
        visitor = Visitor(serving, login)
        assert {heading(visitor.get(path)) for path in ("/", "/users", "/devices", "/codes")} == {"Мой пароль"}
        visitor.send("/codes", user=serving.access.users.get("anna").id)
        visitor.send("/users", login="new", name="Новый", role="administrator", password=PASSWORD)
        assert serving.access.codes.waiting() == []
        assert serving.access.users.find("new") is None

    def test_a_wrong_password_is_told_and_slowed_down(self, serving: Serving) -> None:
        form = {"login": "anna", "password": "неверный пароль"}
        told = [notice(requests.post(f"{serving.url}/login", data=form, timeout=10)) for _ in range(6)]
        assert [words.split(".")[0] for words in told] == ["Имя для входа или пароль не подходят"] * 5 + ["Слишком много попыток"]

    def test_the_cookie_is_kept_from_scripts_and_from_other_sites(self, serving: Serving) -> None:
        answer = requests.post(f"{serving.url}/login", data={"login": "anna", "password": PASSWORD}, timeout=10, allow_redirects=False)
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith(f"{COOKIE}=")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    def test_leaving_ends_the_session(self, anna: Visitor) -> None:
        copied = anna.session.cookies.copy()
        anna.send("/logout")
        assert heading(anna.get("/users")) == "Вход на сервер"
        anna.session.cookies = copied
        assert heading(anna.get("/users")) == "Вход на сервер", "for whoever has copied the cookie, too"

    def test_a_form_that_is_sent_after_the_session_ended_says_that_it_did_nothing(self, serving: Serving, anna: Visitor) -> None:
        device = serving.enrol("boris", "Ноутбук Бориса")["device"]
        anna.get("/devices")
        serving.access.users.set_password(serving.access.users.get("anna"), "новый пароль")
        answer = anna.session.post(f"{serving.url}/devices/{device}/revoke", data={"key": "прежний"}, timeout=10)
        assert notice(answer) == "Сеанс закончился, ничего не изменено. Войдите и повторите."
        assert serving.access.devices.get(device).revoked_ms == 0
        assert "Сеанс закончился. Войдите снова." in anna.get("/devices")
        assert "Сеанс" not in Visitor(serving).get("/devices"), "a stranger had none"

    def test_pages_may_load_nothing_from_outside(self, serving: Serving) -> None:
        answer = requests.get(serving.url, timeout=10)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
        assert requests.get(f"{serving.url}/style.css", timeout=10).headers["Content-Type"].startswith("text/css")


class TestForms:
    def test_without_the_key_of_the_session_do_nothing(self, serving: Serving, anna: Visitor) -> None:
        answer = anna.session.post(f"{serving.url}/codes", data={"user": serving.access.users.get("boris").id}, timeout=10)
        assert (answer.status_code, serving.access.codes.waiting()) == (403, [])
        assert "Страница устарела" in answer.text

    def test_from_a_foreign_page_do_nothing(self, serving: Serving, anna: Visitor) -> None:
        anna.session.headers["Origin"] = "https://evil.example"
        assert anna.send("/codes", user=serving.access.users.get("boris").id).status_code == 403
        login = requests.post(f"{serving.url}/login", data={"login": "anna", "password": PASSWORD}, headers={"Origin": "null"}, timeout=10)
        assert login.status_code == 403

    def test_that_are_too_large_are_turned_away_and_nothing_of_a_long_login_is_kept(self, serving: Serving) -> None:
        form = {"login": "a" * 200_000, "password": PASSWORD}
        answer = requests.post(f"{serving.url}/login", data=form, timeout=10)
        assert (answer.status_code, "слишком велика" in answer.text) == (413, True)
        told = [
            requests.post(f"{serving.url}/login", data={"login": "a" * 100_000 + str(turn)}, timeout=10).status_code for turn in range(7)
        ]
        assert told == [403] * 7
        kept = serving.access.throttle._attempts
        assert len(kept) == 1, "a login that nobody can have is slowed down like any other"
        assert max(map(len, kept)) < 100

    def test_with_strange_contents_are_refused_in_words(self, anna: Visitor) -> None:
        nobody = "никто"
        assert "нет" in notice(anna.send("/codes", user=nobody))
        assert "нет" in notice(anna.send(f"/users/{nobody}/role", role="manager"))
        assert "нет" in notice(anna.send(f"/devices/{nobody}/revoke"))


class TestUsers:
    def test_added_here_are_employees_and_can_enter(self, serving: Serving, anna: Visitor) -> None:
        answer = anna.send("/users", login="pavel", name="Павел <b>", role="manager", password=PASSWORD)
        assert notice(answer) == "Пользователь добавлен. Теперь выдайте ему код подключения."
        assert "Павел &lt;b&gt;" in answer.text
        rows = serving.hub.rows("SELECT id, name, role FROM employees WHERE login = 'pavel'")
        assert rows == [{"id": serving.access.users.get("pavel").id, "name": "Павел <b>", "role": "manager"}]
        assert heading(Visitor(serving, "pavel").get("/")) == "Мой пароль"

    def test_take_over_the_employee_that_a_laptop_has_made(self, serving: Serving, anna: Visitor) -> None:
        from shared.change import Edit

        olga = serving.hub.new_id()
        serving.hub.write([Edit("employees", olga, {"name": "Ольга"})])
        anna.send("/users", login="olga", name="Ольга", role="salesperson", password=PASSWORD)
        assert serving.access.users.get("olga").id == olga

    def test_with_a_taken_login_are_refused_and_nothing_typed_is_lost(self, serving: Serving, anna: Visitor) -> None:
        answer = anna.send("/users", login="boris", name="Другой Борис", role="reader", password=PASSWORD)
        assert (answer.status_code, "уже занято" in notice(answer), 'value="Другой Борис"' in answer.text) == (400, True, True)
        assert len(serving.hub.rows("SELECT id FROM employees")) == 4

    def test_change_their_role_in_the_account_and_among_employees(self, serving: Serving, anna: Visitor) -> None:
        boris = serving.access.users.get("boris").id
        anna.send(f"/users/{boris}/role", role="manager")
        assert serving.access.users.get(boris).role == "manager"
        assert serving.hub.rows("SELECT role FROM employees WHERE id = ?", (boris,)) == [{"role": "manager"}]

    def test_closed_cannot_enter_until_opened_again(self, serving: Serving, anna: Visitor) -> None:
        boris = serving.access.users.get("boris").id
        anna.send(f"/users/{boris}/close")
        assert heading(Visitor(serving, "boris").get("/")) == "Вход на сервер"
        anna.send(f"/users/{boris}/open")
        assert heading(Visitor(serving, "boris").get("/")) == "Мой пароль"

    def test_who_lowers_or_closes_the_own_account_is_asked_first(self, serving: Serving, anna: Visitor) -> None:
        me = serving.access.users.get("anna").id
        anna.send("/users", login="olga", name="Ольга", role="administrator", password=PASSWORD)
        assert heading(anna.send(f"/users/{me}/role", role="reader").text) == "Сменить свою роль"
        assert heading(anna.send(f"/users/{me}/close").text) == "Закрыть свой доступ"
        assert (serving.access.users.get(me).role, serving.access.users.get(me).closed) == ("administrator", False)
        assert notice(anna.send(f"/users/{me}/role", role="administrator")) == "Роль изменена.", "it stays what it was: no question"
        anna.send(f"/users/{me}/role", role="reader", sure="1")
        assert serving.access.users.get(me).role == "reader"
        assert heading(anna.get("/users")) == "Мой пароль"

    def test_the_last_administrator_is_refused_and_not_asked(self, serving: Serving, anna: Visitor) -> None:
        me = serving.access.users.get("anna").id
        for path, role in (("role", "reader"), ("close", "")):
            assert "последний администратор" in notice(anna.send(f"/users/{me}/{path}", role=role))

    def test_get_another_password_from_the_administrator(self, serving: Serving, anna: Visitor) -> None:
        anna.send(f"/users/{serving.access.users.get('boris').id}/password", password="новый пароль")
        assert heading(Visitor(serving, "boris", "новый пароль").get("/")) == "Мой пароль"

    def test_are_offered_the_page_for_their_own_password_where_that_of_others_is_set(self, anna: Visitor) -> None:
        page = anna.get("/users")
        assert ('aria-label="Новый пароль: Борис"' in page, 'aria-label="Новый пароль: Анна' in page) == (True, False)
        assert '<a href="/password">Сменить свой пароль</a>' in page

    def test_change_their_own_password_and_stay_inside(self, serving: Serving) -> None:
        boris, elsewhere = Visitor(serving, "boris"), Visitor(serving, "boris")
        assert "по-разному" in notice(boris.send("/password", old=PASSWORD, new="новый пароль", again="другой пароль"))
        assert "Нынешний пароль не подходит" in notice(boris.send("/password", old="неверный", new="новый пароль", again="новый пароль"))
        assert (
            notice(boris.send("/password", old=PASSWORD, new="новый пароль", again="новый пароль"))
            == "Пароль изменён. Другие сеансы завершены."
        )
        assert heading(boris.get("/password")) == "Мой пароль"
        assert heading(elsewhere.get("/password")) == "Вход на сервер"


class TestDevicesAndCodes:
    def test_a_code_is_shown_once_as_text_and_as_a_picture_with_the_address(self, serving: Serving, anna: Visitor) -> None:
        page = anna.send("/codes", user=serving.access.users.get("boris").id).text
        code = re.search(r'class="code"[^>]*>([^<]+)<', page)
        assert code
        assert qr_text(page) == f"{serving.url} {code[1]}"
        assert code[1] not in anna.get("/codes")
        assert serving.access.enrol(code[1], "Ноутбук", "0.1").user.login == "boris"

    def test_a_form_that_is_sent_twice_gives_one_code(self, serving: Serving, anna: Visitor) -> None:
        boris, shown = serving.access.users.get("boris").id, re.compile(r'class="code"[^>]*>([^<]+)<')
        form = re.search(r'name="form" value="(\w+)"', anna.get("/codes"))
        assert form
        first, again = (shown.findall(anna.send("/codes", user=boris, form=form[1]).text) for _ in range(2))
        assert (first, len(first), len(serving.access.codes.waiting())) == (again, 1, 1)
        assert shown.findall(anna.send("/codes", user=serving.access.users.get("rita").id, form=form[1]).text) != first
        serving.access.enrol(first[0], "Ноутбук", "0.1")
        assert "уже использован" in notice(anna.send("/codes", user=boris, form=form[1])), "a spent code is worth nothing again"

    def test_a_withdrawn_code_does_not_come_back_with_its_form(self, serving: Serving, anna: Visitor) -> None:
        boris = serving.access.users.get("boris").id
        anna.send("/codes", user=boris, form="1")
        anna.send(f"/codes/{boris}/withdraw")
        assert "отменён" in notice(anna.send("/codes", user=boris, form="1"))
        assert serving.access.codes.waiting() == []

    def test_no_code_is_shown_for_an_account_that_was_closed_meanwhile(self, serving: Serving, anna: Visitor) -> None:
        boris = serving.access.users.get("boris").id
        anna.send(f"/users/{boris}/close")
        assert "boris закрыта" in notice(anna.send("/codes", user=boris))
        assert "Ещё не использованы" not in anna.get("/codes")

    def test_a_code_is_given_to_one_of_two_namesakes_who_are_told_apart(self, serving: Serving, anna: Visitor) -> None:
        for login in ("ivan1", "ivan2"):
            anna.send("/users", login=login, name="Иван Иванов", role="salesperson", password=PASSWORD)
        page = anna.get("/codes")
        assert "Иван Иванов (ivan1)" in page
        anna.send("/codes", user=serving.access.users.get("ivan2").id)
        assert anna.get("/codes").count("Иван Иванов (ivan2)") == 2

    def test_unused_codes_are_listed_and_withdrawn(self, serving: Serving, anna: Visitor) -> None:
        boris = serving.access.users.get("boris").id
        anna.send("/codes", user=boris)
        assert "Ещё не использованы" in anna.get("/codes")
        anna.send(f"/codes/{boris}/withdraw")
        assert "Ещё не использованы" not in anna.get("/codes")

    def test_a_device_is_renamed_by_an_administrator_through_the_page_only(self, serving: Serving, anna: Visitor) -> None:
        device = serving.enrol("boris", "3sudube3uud7")["device"]
        rename = f"/devices/{device}/rename"
        assert anna.session.post(serving.url + rename, data={"label": "Чужое"}, timeout=10).status_code == 403
        Visitor(serving, "maria").send(rename, label="Чужое")
        assert 'value="3sudube3uud7"' in anna.get("/devices")
        assert notice(anna.send(rename, label=" Ноутбук <b>Бориса</b> ")) == "Устройство переименовано."
        assert serving.access.devices.get(device).label == "Ноутбук <b>Бориса</b>"
        assert "<b>" not in anna.session.get(f"{serving.url}/devices", timeout=10).text
        assert "не может быть пустым" in notice(anna.send(rename, label=" \n "))
        assert serving.access.devices.get(device).label == "Ноутбук <b>Бориса</b>"

    def test_a_device_is_listed_and_revoked(self, serving: Serving, anna: Visitor) -> None:
        assert "выдайте код подключения" in anna.get("/devices")
        found = serving.enrol("boris", "Ноутбук Бориса")
        assert "Ноутбук Бориса" in anna.get("/devices")
        asked = anna.get(f"/devices/{found['device']}/revoke")
        assert heading(asked) == "Отозвать доступ: Ноутбук Бориса"
        assert serving.access.devices.get(found["device"]).revoked_ms == 0
        assert "Доступ устройства отозван" in notice(anna.send(f"/devices/{found['device']}/revoke"))
        assert serving.access.devices.get(found["device"]).revoked_ms == serving.clock.ms

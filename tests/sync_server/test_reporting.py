"""Datasette as the manager meets it: a real process on a real port over a real merged store. Who may enter, what stands on the pages."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from shared.entities import ENTITIES
from shared.reports import read_reports
from sync_server.access import Access
from sync_server.access.sessions import COOKIE
from sync_server.datasette_plugin.disputes import disputes
from sync_server.datasette_plugin.gate import LARGEST_FORM
from sync_server.datasette_plugin.login import inside
from sync_server.datasette_plugin.spans import periods
from sync_server.hub import Hub
from tests.sync_server.conftest import SECRET_NOTE
from tests.sync_server.manager import ask, browser, page, table

EVERYWHERE = ["/", "/reports", "/reports/sales_by_month", "/data", table("Заказы"), "/-/export/data/Заказы.xlsx"]
FOR_PROGRAMS = [
    "/-/export/reports/sales_by_month.csv",
    "/reports/sales_by_month.json",
    "/reports/sales_by_month.csv",
    "/data.json?sql=select+1",
    table("Заказы") + ".json",
]


class TestTheDoor:
    @pytest.mark.parametrize("path", EVERYWHERE)
    def test_shows_a_stranger_the_login_only(self, url: str, path: str) -> None:
        answer = requests.get(url + path, timeout=20, allow_redirects=False)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/-/login?next=")

    @pytest.mark.parametrize("path", FOR_PROGRAMS)
    def test_tells_a_strange_program_to_log_in(self, url: str, path: str) -> None:
        answer = requests.get(url + path, timeout=20, allow_redirects=False)
        assert (answer.status_code, answer.json()) == (401, {"ok": False, "error": "Сначала войдите под учётной записью сервера."})

    @pytest.mark.parametrize("login", ["boris", "rita"])
    def test_is_closed_to_salespeople_and_readers_even_with_a_session_of_the_hub(self, url: str, reports_folder: Path, login: str) -> None:
        assert COOKIE not in browser(url, login).cookies
        access = Access.open(reports_folder)
        cookie = access.sessions.start(access.users.get(login))
        access.close()
        told = {requests.get(url + path, cookies={COOKIE: cookie}, timeout=20).status_code for path in (*EVERYWHERE, *FOR_PROGRAMS)}
        assert told == {403}

    @pytest.mark.parametrize("login", ["anna", "maria"])
    def test_is_open_to_administrators_and_managers(self, url: str, login: str) -> None:
        assert "Продажи по месяцам" in page(browser(url, login), url)

    def test_lets_nobody_to_the_inner_pages_of_datasette(self, manager: requests.Session, url: str) -> None:
        inner = [
            "/-/versions",
            "/-/databases.json",
            "/-/settings.json",
            "/-/plugins",
            "/-/threads.json",
            "/-/metadata",
            "/_internal",
            "/_memory",
            "/x",
        ]
        assert {manager.get(url + path, timeout=20).status_code for path in inner} == {404}

    def test_reads_no_large_form_of_a_stranger(self, url: str) -> None:
        form = b"login=" + b"a" * (LARGEST_FORM - 6)
        for body, status in ((form, 403), (form + b"a", 413), (iter([form]), 413)):  # the last one does not say how long it is
            answer = requests.post(f"{url}/-/login", data=body, headers={"Content-Type": "application/x-www-form-urlencoded"}, timeout=20)
            assert answer.status_code == status
        assert "слишком велика" in answer.text

    def test_tells_an_old_form_and_a_strange_method_in_russian(self, manager: requests.Session, url: str) -> None:
        form = {"login": "maria", "password": "x", "csrftoken": "of yesterday"}
        answers = [manager.post(f"{url}/-/login", data=form, timeout=20), manager.put(f"{url}/reports", timeout=20)]
        answers += [manager.options(url, timeout=20), manager.get(f"{url}/assets/nothing.css", timeout=20)]
        assert [answer.status_code for answer in answers] == [403, 403, 405, 404]
        for answer in answers:
            assert "Не получилось" in answer.text
            assert "no-store" in answer.headers["cache-control"]
        assert "Страница устарела" in answers[0].text
        told = manager.post(f"{url}/reports/debts.json", timeout=20)
        assert (told.status_code, told.json()["ok"]) == (403, False)

    def test_forbids_scripts_and_foreign_content(self, manager: requests.Session, url: str) -> None:
        for path in EVERYWHERE[:5]:
            answer = manager.get(url + path, timeout=20)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "<script" not in answer.text
            assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)

    def test_sends_nobody_elsewhere_after_logging_in(self) -> None:
        assert [inside(target) for target in ("//evil.example", "https://evil.example/", "/\\evil", None, "/reports?x=1")] == ["/"] * 4 + [
            "/reports?x=1"
        ]

    def test_ends_the_session_on_leaving(self, url: str) -> None:
        session = browser(url, "maria")
        token = re.search(r'csrftoken" value="([^"]+)', page(session, url))
        assert token
        cookies = {COOKIE: session.cookies[COOKIE]}
        session.post(f"{url}/-/logout", data={"csrftoken": token[1]}, timeout=20)
        assert COOKIE not in session.cookies
        assert requests.get(url, cookies=cookies, timeout=20, allow_redirects=False).status_code == 302, "whoever has copied it is out, too"


class TestTotals:
    def test_are_those_of_the_merged_store_in_every_sales_report(self, manager: requests.Session, url: str, reports_folder: Path) -> None:
        hub = Hub.open(reports_folder)
        (total,) = hub.rows("SELECT sum(total) AS kopecks FROM order_totals")
        hub.close()
        for report in ("sales_by_month", "sales_by_client", "sales_by_product", "sales_by_manager", "orders_by_status"):
            found = manager.get(f"{url}/reports/{report}.json?_shape=objects", timeout=20).json()["rows"]
            assert round(sum(row["Сумма, ₽"] for row in found) * 100) == total["kopecks"] > 0
        assert ask(manager, url, 'SELECT sum("Всего") FROM "Заказы"').json()["rows"] == [[total["kopecks"] / 100]]

    def test_stand_on_the_page_as_russians_write_them(self, manager: requests.Session, url: str) -> None:
        shown = re.sub(r"\s", " ", page(manager, f"{url}/reports/sales_by_month"))
        assert "январь 2026" in shown
        assert "5 713,53" in shown  # 0,00 + 139,93 + 5573,60
        assert "11 427,06" in shown
        assert '<tfoot><tr><td>Итого</td><td class="number">2</td><td class="number">11 427,06</td>' in shown

    def test_keep_to_the_period(self, manager: requests.Session, url: str) -> None:
        found = manager.get(f"{url}/reports/sales_by_month.json?date_from=2026-02-01&date_to=2026-02-28&_shape=objects", timeout=20).json()[
            "rows"
        ]
        assert [row["Месяц"] for row in found] == ["2026-02"]


class TestPeriods:
    def test_are_a_click_away(self, manager: requests.Session, url: str) -> None:
        shown = page(manager, f"{url}/reports/sales_by_month")
        assert re.search(r'date_to="? aria-current="true">за всё время<', shown)
        last_year = re.search(r'href="(/reports/sales_by_month\?date_from=(\d{4})-01-01&date_to=(\d{4})-12-31)">прошлый год<', shown)
        assert last_year
        assert last_year[2] == last_year[3]
        again = page(manager, url + last_year[1])
        assert f'name="date_from" value="{last_year[2]}-01-01"' in again
        assert 'aria-current="true">прошлый год<' in again

    def test_are_not_offered_where_nothing_is_cut_by_them(self, manager: requests.Session, url: str) -> None:
        for path in ("/reports/debts", "/reports/conflicts", "/data?sql=select+1"):
            assert "прошлый год" not in page(manager, url + path)

    def test_are_those_of_the_day(self) -> None:
        spans = periods({"date_from": "2025-10-01", "date_to": "2025-12-31"}, date(2026, 2, 10))
        assert [(span.label, span.query) for span in spans if span.here] == [("прошлый квартал", "date_from=2025-10-01&date_to=2025-12-31")]


class TestPages:
    @pytest.mark.parametrize("report", [*read_reports(), disputes(ENTITIES)], ids=lambda report: report.name)
    def test_show_every_report(self, manager: requests.Session, url: str, report: Any) -> None:
        shown = page(manager, f"{url}/reports/{report.name}")
        assert f"<h1>{report.title}</h1>" in shown
        assert report.about in shown

    @pytest.mark.parametrize("name", [entity.plural for entity in ENTITIES.values()])
    def test_show_every_register(self, manager: requests.Session, url: str, name: str) -> None:
        assert f"<h1>{name}</h1>" in page(manager, url + table(name))

    def test_have_no_english_words(self, manager: requests.Session, url: str) -> None:
        for path in (*EVERYWHERE[:5], "/data?sql=select+1", table("Заказы") + "?_sort=Дата", "/reports/debts"):
            text = re.sub(r"<(style|textarea|code)\b.*?</\1>|<[^>]+>", " ", page(manager, url + path), flags=re.DOTALL)
            words = set(re.findall(r"[A-Za-z]{3,}", text)) - {
                "SQL",
                "SELECT",
                "SUM",
                "FROM",
                "GROUP",
                "CSV",
                "XLSX",
                "select",
                "SHA",
                "HTML",
                "PDF",
            }
            assert words == set(), path

    def test_show_no_deleted_rows_and_no_keys_of_rows(self, manager: requests.Session, url: str) -> None:
        orders = page(manager, url + table("Заказы"))
        assert "Всего строк: 2" in orders
        assert SECRET_NOTE not in orders + page(manager, url + table("Клиенты"))
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7", orders)
        assert "Всего строк: 6" in page(manager, url + table("Строки заказов"))

    def test_name_an_order_by_its_number_and_day_and_hide_what_only_sorts(self, manager: requests.Session, url: str) -> None:
        lines = page(manager, url + table("Строки заказов"))
        assert "<td>1 от 15.01.2026</td>" in lines
        assert "Порядок" not in lines
        assert "Порядок" in page(manager, url + table("Статусы"))

    def test_say_whether_there_is_nothing_or_nothing_like_that(self, manager: requests.Session, url: str) -> None:
        assert "Записей пока нет." in page(manager, url + table("Документы"))
        assert "По этим условиям ничего нет." in page(manager, f"{url}{table('Заказы')}?Номер=x")

    def test_find_cyrillic_in_any_letter_case(self, manager: requests.Session, url: str) -> None:
        found = page(manager, f"{url}{table('Заказы')}?Клиент__contains=елка")
        assert "Всего строк: 1" in found
        assert "ООО «Ёлка»" in found

    def test_explain_a_wrong_query(self, manager: requests.Session, url: str) -> None:
        for sql, words in (
            ("select * from log", "здесь закрыто"),
            ("drop table x", "только читать"),
            ("select * from Нет", "Нет таблицы «Нет»"),
        ):
            answer = manager.get(f"{url}/data", params={"sql": sql}, timeout=20)
            assert (answer.status_code, words in unescape(answer.text)) == (400, True), sql

    def test_understand_a_day_as_people_write_it(self, manager: requests.Session, url: str) -> None:
        answer = manager.get(f"{url}/reports/sales_by_month?date_from=01.02.2026&date_to=", timeout=20)
        assert (answer.url, "2026-01" in re.sub("<a .*?</a>", "", answer.text)) == (
            f"{url}/reports/sales_by_month?date_from=2026-02-01&date_to=",
            False,
        )
        rows = manager.get(f"{url}/reports/sales_by_month.json?date_from=1+февраля+2026&_shape=arrays", timeout=20).json()["rows"]
        assert [row[0] for row in rows] == ["2026-02"]

    def test_tell_what_is_wrong_with_a_day_and_offer_no_other_login(self, manager: requests.Session, url: str) -> None:
        answer = manager.get(f"{url}/reports/sales_by_month?date_from=31.02.2026", timeout=20)
        assert (answer.status_code, "нет такого дня" in answer.text, "Войти" in answer.text) == (400, True, False)

    def test_answer_a_wrong_address_in_words(self, manager: requests.Session, url: str) -> None:
        wrong = [
            table("Заказы") + "?_next=x",
            table("Заказы") + "?_size=x",
            "/reports/sales_by_month?_timelimit=x",
            "/reports/nothing",
            "/data/nothing",
        ]
        wrong += [
            table("Заказы") + "?_sort=нет",
            table("Заказы") + "?_sort=Дата&_sort_desc=Дата",
            table("Заказы") + "?_col=нет",
            table("Заказы") + "?_where=(SELECT count(*) FROM log)",
            table("Заказы") + "?_where=(",
            table("Заказы") + "?_through={}",
            table("Заказы") + "?_next=%C2%B2",
            table("Заказы") + f"?_next={'9' * 30}",
            table("Заказы") + "?__exact=1",
            table("Заказы") + "?Номер__arraycontains=1",
            table("Заказы") + "?Номер__in=[1",
            table("Заказы") + "?Дата__date=15.01.2026",
            "/reports/sales_by_month?_ttl=%C2%B2",
            "/reports/sales_by_month?_json_infinity=x",
            "/reports/sales_by_month?date_from=%00",
            "/reports/sales_by_month?date_from=31.02.2026",
            "/-/export/reports/sales_by_month.xlsx?date_from=<b>",
            "/-/export/data/log.xlsx",
        ]
        for path in wrong:
            answer = manager.get(url + path, timeout=20)
            assert 400 <= answer.status_code < 500, path
            assert "Не получилось" in answer.text, path
            assert "<b>" not in answer.text
            assert "База данных сообщает" not in answer.text, path

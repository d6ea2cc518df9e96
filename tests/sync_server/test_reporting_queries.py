"""What the manager may ask of the reports and take home: own queries behind their guard, exports to the last row."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import tracemalloc
from contextlib import closing
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import requests
from datasette.database import QueryInterrupted
from openpyxl import load_workbook

from shared.change import Edit
from sync_server.access import Access
from sync_server.datasette_plugin import TABLES, exports
from sync_server.datasette_plugin.exports import Table, as_xlsx, write_csv
from sync_server.datasette_plugin.typed import meant
from sync_server.hub import Hub
from sync_server.reporting import SETTINGS, make_datasette
from tests.sync_server.manager import ask, page


class TestQueries:
    @pytest.mark.parametrize(
        "name", ["log", "state", "branches", "notes", "acts", "orders", "clients", "order_totals", "clients_search", "clients_search_data"]
    )
    def test_read_nothing_but_the_registers(self, manager: requests.Session, url: str, name: str) -> None:
        assert ask(manager, url, f"SELECT * FROM {name}").status_code == 400
        assert ask(manager, url, f"SELECT count(*) FROM {name}").status_code == 400
        assert manager.get(f"{url}/data/{name}", timeout=20).status_code == 403
        assert manager.get(f"{url}/reports/{name}", timeout=20).status_code == 403

    def test_cannot_borrow_the_name_of_a_register_to_read_the_log_or_deleted_orders(self, manager: requests.Session, url: str) -> None:
        for source in ("log", "state", "orders", "order_totals"):
            assert ask(manager, url, f'WITH "Заказы" AS (SELECT * FROM {source}) SELECT * FROM "Заказы"').status_code == 400

    def test_join_registers_and_add_up(self, manager: requests.Session, url: str) -> None:
        sql = 'SELECT k."Название", count(*) FROM "Заказы" z JOIN "Клиенты" k ON k."Название" = z."Клиент" GROUP BY 1'
        assert ask(manager, url, sql).json()["rows"] == [["ООО «Ёлка»", 1]]

    def test_count_what_they_have_named_themselves(self, manager: requests.Session, url: str) -> None:
        sql = 'WITH named AS (SELECT DISTINCT "Клиент" FROM "Заказы") SELECT count(*) FROM named'
        assert ask(manager, url, sql).json()["rows"] == [[2]]
        for closed in ("log", "order_totals", "dbstat"):
            assert ask(manager, url, f"WITH named AS (SELECT 1) SELECT count(*) FROM named, {closed}").status_code == 400

    @pytest.mark.parametrize(
        ("sql", "name"),
        [
            ('SELECT "Клиент", sum("Итого") FROM "Заказы" GROUP BY 1', "Итого"),
            ('SELECT "Номер" FROM "Заказы" WHERE "Сумма" > 1000', "Сумма"),
            ('SELECT \'"\' || "Нет ""такого""" -- "\'\nFROM "Заказы"', 'Нет "такого"'),
        ],
    )
    def test_do_not_take_a_mistyped_column_for_a_text(self, manager: requests.Session, url: str, sql: str, name: str) -> None:
        for address in ("/data.json", "/-/export/data.csv"):
            answer = manager.get(url + address, params={"sql": sql}, headers={"accept": "application/json"}, timeout=20)
            assert answer.status_code == 400
            assert f"no such column: {name}" in answer.json()["error"] or f"Нет столбца «{name}»" in answer.json()["error"]
        assert f"Нет столбца «{name}»" in unescape(manager.get(f"{url}/data", params={"sql": sql}, timeout=20).text)

    def test_may_name_columns_as_they_like(self, manager: requests.Session, url: str) -> None:
        sql = (
            """SELECT z."Номер" AS "Мой ""номер\""", [Номер], `Номер`, 'не "имя"' /* "и" не 'это' */ FROM "Заказы" z -- "ни" это\n"""
            """WHERE z."Номер" = :who ORDER BY "Мой ""номер\""" """
        )
        answer = manager.get(f"{url}/data.json", params={"sql": sql, "who": "1", "_shape": "arrays"}, timeout=20).json()
        assert (answer["columns"][0], answer["rows"]) == ('Мой "номер"', [["1", "1", "1", 'не "имя"']])

    @pytest.mark.parametrize(
        ("where", "value", "found"),
        [
            ('"Всего" > :x', "5 000,5", ["1", "2"]),
            ('"Всего" > :x', "6000", []),
            ('"Всего" < :x', "5713.54", ["1", "2"]),
            ('"Дата" >= :x', "15.02.2026", ["2"]),
            ('"Номер" = :x', "1", ["1"]),
            ('"Номер" = :x', "01", []),
            ('"Клиент" LIKE :x', "%ёлка%", ["1"]),
        ],
    )
    def test_take_numbers_and_days_as_people_write_them(
        self, manager: requests.Session, url: str, where: str, value: str, found: list[str]
    ) -> None:
        asked = {"sql": f'SELECT "Номер" FROM "Заказы" WHERE {where}', "x": value}
        answer = manager.get(f"{url}/data.json", params={**asked, "_shape": "arrays"}, timeout=20)
        assert [row[0] for row in answer.json()["rows"]] == found
        assert [row[0] for row in lines(manager.get(f"{url}/-/export/data.csv", params=asked, timeout=20))] == ["Номер", *found]
        assert found or "Измените значения и нажмите «Выполнить»" in page(manager, f"{url}/data?{urlencode(asked)}")

    def test_take_what_only_looks_like_a_number_as_it_stands(self) -> None:
        texts = ["007", "1.50", "40702810900000000001", "+7 812", "1 00", "31.02.2026", "", "1e5"]
        assert list(meant({f"x{place}": text for place, text in enumerate(texts)}).values()) == texts
        assert dict(meant({"a": "-5", "b": "0,5", "c": "12\u00a0000", "p0": "5", "d": None})) == {
            "a": -5, "b": 0.5, "c": 12000, "p0": "5", "d": None,
        }  # fmt: skip

    def test_do_not_tell_where_the_file_lies(self, manager: requests.Session, url: str) -> None:
        for column in ("*", "count(*)", "file"):
            assert ask(manager, url, f"SELECT {column} FROM pragma_database_list").status_code == 400

    @pytest.mark.parametrize(
        "sql", ["SELECT load_extension('x')", "PRAGMA journal_mode = DELETE", "ATTACH 'x' AS x", "VACUUM", "SELECT readfile('/etc/hosts')"]
    )
    def test_do_nothing_but_read(self, manager: requests.Session, url: str, sql: str) -> None:
        assert ask(manager, url, sql).status_code == 400

    @pytest.mark.parametrize("sql", ["DELETE FROM log", "SELECT 1; SELECT 2", "selec <b>"])
    def test_that_cannot_be_stay_in_their_field_with_what_is_wrong(self, manager: requests.Session, url: str, sql: str) -> None:
        asked = {"sql": sql, "сумма": "5 000"}
        shown = unescape(manager.get(f"{url}/data?{urlencode(asked)}", timeout=20).text)
        assert "<h1>Свой запрос</h1>" in shown
        assert "Запрос не выполнен." in shown
        assert f">{sql}</textarea>" in shown
        assert "<b>" not in manager.get(f"{url}/data?{urlencode(asked)}", timeout=20).text

    @pytest.mark.parametrize("address", ["/data", "/-/export/data.csv"])
    def test_get_no_value_that_fills_the_memory(self, manager: requests.Session, url: str, address: str) -> None:
        browser = {"accept": "text/html,*/*"}
        answer = manager.get(url + address, params={"sql": "SELECT hex(zeroblob(20000000))"}, headers=browser, timeout=20)
        assert (answer.status_code, "Одно значение выходит слишком длинным" in unescape(answer.text)) == (400, True)

    def test_are_not_allowed_beside_the_reports(self, manager: requests.Session, url: str) -> None:
        assert manager.get(f"{url}/reports.json?sql=select+1", timeout=20).status_code == 403


class TestExports:
    def test_hold_every_row_although_a_page_is_cut(self, manager: requests.Session, url: str) -> None:
        sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"
        assert "Показаны первые" in page(manager, f"{url}/data?sql={quote(sql)}")
        rows = lines(manager.get(f"{url}/data.csv", params={"sql": sql}, timeout=20))
        assert [row[0] for row in rows] == ["i", *map(str, range(1, 5001))]

    def test_of_a_report_open_in_a_russian_spreadsheet(self, manager: requests.Session, url: str) -> None:
        answer = manager.get(f"{url}/reports/sales_by_month.csv?date_from=2026-02-01", timeout=20)
        assert quote("Продажи по месяцам.csv") in answer.headers["content-disposition"]
        assert [row[:3] for row in lines(answer)] == [["Месяц", "Заказов", "Сумма, ₽"], ["2026-02", "1", "5713,53"]]

    @pytest.mark.parametrize("path", ["/reports/sales_by_month.csv", "/-/export/reports/sales_by_month.csv"])
    def test_of_a_report_understand_a_day_as_people_write_it(self, manager: requests.Session, url: str, path: str) -> None:
        answer = manager.get(f"{url}{path}?date_from=01.02.2026&date_to=", timeout=20)
        assert [row[0] for row in lines(answer)] == ["Месяц", "2026-02"]
        told = manager.get(f"{url}{path}?date_from=31.02.2026", headers={"accept": "application/json"}, timeout=20)
        assert (told.status_code, "«С даты»: «31.02.2026»: нет такого дня" in told.json()["error"]) == (400, True)

    def test_of_a_query_take_the_values_that_stand_on_the_page(self, manager: requests.Session, url: str) -> None:
        asked = {"sql": 'SELECT "Номер" FROM "Заказы" WHERE "Клиент" = :who', "who": "ООО «Ёлка»"}
        links = re.findall(r'href="(/-/export/data[^"]+)"', page(manager, f"{url}/data?{urlencode(asked)}"))
        assert len(links) == 2
        assert lines(manager.get(url + links[1], timeout=20)) == [["Номер"], ["1"]]

    @pytest.mark.parametrize(
        ("sql", "words"),
        [
            ("SELECT * FROM log", "здесь закрыто"),
            ("DELETE FROM log", "только читать"),
            ("SELECT abs('x", "закрыты ли кавычки"),
            ("SELECT 1 FROM", "обрывается"),
            ("SELECT foo(1)", "Нет функции foo"),
            ("SELECT 1; SELECT 2", "только один запрос"),
        ],
    )
    def test_of_a_query_that_cannot_be_say_why_and_break_nothing(self, manager: requests.Session, url: str, sql: str, words: str) -> None:
        for address in ("/-/export/data.csv", "/-/export/data.xlsx"):
            answer = manager.get(url + address, params={"sql": sql}, headers={"accept": "application/json"}, timeout=20)
            assert answer.status_code == 400
            assert words in answer.json()["error"]
            assert "База данных сообщает" not in answer.json()["error"]

    def test_of_a_register_keep_its_filter_and_its_order(self, manager: requests.Session, url: str) -> None:
        rows = lines(manager.get(f"{url}/-/export/data/Заказы.csv?_sort_desc=Дата&Номер__not=9", timeout=20))
        assert [row[1] for row in rows] == ["Номер", "2", "1"]
        assert len(lines(manager.get(f"{url}/-/export/data/Заказы.csv?Номер=2", timeout=20))) == 2

    def test_of_a_register_for_people_have_no_keys(self, manager: requests.Session, url: str) -> None:
        answer = manager.get(f"{url}/-/export/data/Заказы.xlsx", timeout=20)
        rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
        assert (rows[0][0], len(rows)) == ("Номер", 3)

    def test_for_people_have_real_dates_and_hide_no_decimals(self) -> None:
        table = Table("Товары", ["Дата", "Когда", "Количество", "Сумма, ₽"], [("2026-03-12", "2026-03-12T14:05", 0.195, 12345678901.23)])
        book = load_workbook(io.BytesIO(as_xlsx(table)))
        cells = next(iter(book.worksheets[0].iter_rows(min_row=2)))
        assert [cell.value for cell in cells] == [datetime(2026, 3, 12), datetime(2026, 3, 12, 14, 5), 0.195, 12345678901.23]  # noqa: DTZ001
        assert [cell.number_format for cell in cells] == ["DD.MM.YYYY", "DD.MM.YYYY HH:MM", "General", "#,##0.00"]
        assert as_csv(table)[1] == "2026-03-12;2026-03-12T14:05;0,195;12345678901,23"

    def test_never_become_formulas(self) -> None:
        nasty = Table("Имя: [1]/*", ["=0+0"], [("=1+1",), ("+7 495",), ("\x00control",), (-5,), (None,)])
        assert as_csv(nasty)[:3] == ["\ufeff'=0+0", "'=1+1", "'+7 495"]
        sheet = load_workbook(io.BytesIO(as_xlsx(nasty))).worksheets[0]
        assert [(cell.value, cell.data_type) for cell in sheet["A"][1:3]] == [("=1+1", "s"), ("+7 495", "s")]

    def test_hold_what_a_sheet_has_no_cell_for_as_texts(self, manager: requests.Session, url: str) -> None:
        asked = urlencode({"sql": "SELECT 1e999 AS much, -1e999 AS little, x'00ff' AS blob, 2.5 AS number"})
        answer = manager.get(f"{url}/-/export/data.xlsx?{asked}", timeout=20)
        assert answer.status_code == 200
        cells = next(iter(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(min_row=2, values_only=True)))
        assert cells == ("inf", "-inf", r"b'\x00\xff'", 2.5)


def as_csv(table: Table) -> list[str]:
    file = io.StringIO(newline="")
    write_csv(file, table.columns, table.rows)
    return file.getvalue().split("\r\n")


def counted(most: int) -> str:
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT i, '{'Ы' * 100}' AS text FROM n"


def test_a_csv_of_any_length_takes_no_memory() -> None:
    """Not even that of its text: rows go to the disk one by one."""
    with closing(sqlite3.connect(":memory:")) as database:
        rows = database.execute(counted(60_000))
        tracemalloc.start()
        with exports.written(rows) as file:
            assert tracemalloc.get_traced_memory()[1] < 2_000_000
            tracemalloc.stop()
            file.seek(0)
            assert (file.readline(), sum(1 for _ in file)) == ("\ufeffi;text\r\n", 60_000)


def test_a_file_that_would_be_too_large_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "LARGEST_FILE", 1000)
    monkeypatch.setattr(exports, "LARGEST_SHEET", 9)
    with closing(sqlite3.connect(":memory:")) as database:
        assert len(exports.held(database.execute(counted(9)))[1]) == 9
        with exports.written(database.execute(counted(9))) as file:
            assert file.tell() > 1000
        for take, words in ((exports.written, "Файл выходит слишком большим"), (exports.held, "В листе XLSX помещается 9 строк")):
            with pytest.raises(exports.TooMuch, match=words):
                take(database.execute(counted(10)))


async def test_an_export_may_take_longer_than_a_page(reports_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETTINGS, "sql_time_limit_ms", 1)
    access = Access.open(reports_folder)
    face = make_datasette(reports_folder, access).get_database(TABLES)
    long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n"
    with pytest.raises(QueryInterrupted):
        await face.execute(long)
    assert await face.read(long, {}, lambda rows: rows.fetchone()[0]) == 300_000
    access.close()


def lines(answer: requests.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_reading_never_stops_the_hub_from_writing(manager: requests.Session, url: str, reports_folder: Path) -> None:
    hub = Hub.open(reports_folder)
    client = hub.new_id()
    for number in range(30):
        hub.write([Edit("clients", client, {"name": f"Клиент {number}"})])
        assert json.loads(ask(manager, url, f'SELECT count(*) FROM "Клиенты" WHERE "Название" = \'Клиент {number}\'').text)["rows"] == [[1]]
    hub.write([Edit("clients", client, {"deleted": 1})])
    hub.close()

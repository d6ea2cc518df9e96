"""Conditions on a register mean what the person who looks at it means: the same for the page and for the file."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from shared.change import Edit
from sync_server.hub import Hub
from tests.sync_server.manager import page, table

NUMBERS = {  # the two living orders come to 5 713,53 each
    "Всего__exact=5713.53": 2,
    "Всего__exact=5 713,53 ₽": 2,
    "Всего__exact=5713": 0,
    "Всего__not=5713,53": 0,
    "Всего__gt=5713,52": 2,
    "Всего__gt=5713,53": 0,
    "Всего__gte=5 713,53": 2,
    "Всего__lt=5713.54": 2,
    "Всего__lt=-5": 0,
    "Всего__contains=713,5": 2,
    "Всего__startswith=5 713": 2,
    "Номер__gt=1": 1,
    "Номер__exact=2": 1,
}
DATES = {  # 15.01.2026 and 15.02.2026
    "Дата__exact=15.01.2026": 1,
    "Дата__exact=2026-01-15": 1,
    "Дата__gte=01.02.2026": 1,
    "Дата__lt=1 февраля 2026": 1,
    "Дата__contains=02.2026": 1,
    "Дата__contains=2026": 2,
}


@pytest.mark.parametrize(("condition", "rows"), [*NUMBERS.items(), *DATES.items()])
def test_numbers_and_dates_are_compared_as_they_are_shown(manager: requests.Session, url: str, condition: str, rows: int) -> None:
    address = quote(condition, safe="=")
    assert f"Всего строк: {rows}<" in page(manager, f"{url}{table('Заказы')}?{address}")
    file = manager.get(f"{url}/-/export/data/Заказы.csv?{address}", timeout=20).content.decode("utf-8-sig")
    assert len(file.splitlines()) == rows + 1


@pytest.mark.parametrize("condition", ["Всего__gt=", "Дата__exact=", "Дата__not=%20"])
def test_a_condition_without_a_value_asks_for_it(manager: requests.Session, url: str, condition: str) -> None:
    for path in (table("Заказы"), "/-/export/data/Заказы.xlsx"):
        answer = manager.get(f"{url}{path}?{condition}", timeout=20)
        assert (answer.status_code, "впишите значение или выберите «пусто»" in answer.text) == (400, True)


@pytest.mark.parametrize(("condition", "rows"), [("Когда__exact=12.03.2026", 2), ("Когда__lte=12.03.2026", 2), ("Когда__gt=12.03.2026", 1)])
def test_a_day_is_the_whole_day_for_what_has_an_hour(
    manager: requests.Session, url: str, reports_folder: Path, condition: str, rows: int
) -> None:
    moments = ("2026-03-12T09:00", "2026-03-12T18:30", "2026-03-13T00:00")
    with closing(Hub.open(reports_folder)) as hub:
        hub.write([Edit("reminders", f"r{place}", {"text": "Позвонить", "moment": moment}) for place, moment in enumerate(moments)])
    assert f"Всего строк: {rows}<" in page(manager, f"{url}{table('Напоминания')}?{condition}")


@pytest.mark.parametrize("path", [table("Заказы"), "/-/export/data/Заказы.xlsx"])
@pytest.mark.parametrize("condition", ["Всего__gt=много", "Дата__gte=31.02.2026"])
def test_what_is_no_number_and_no_date_is_told_in_words(manager: requests.Session, url: str, path: str, condition: str) -> None:
    answer = manager.get(f"{url}{path}?{condition}", timeout=20)
    assert answer.status_code == 400
    assert re.search(r"Условие по столбцу «(Всего|Дата)»: «[^»]+»", answer.text)
    assert "База данных сообщает" not in answer.text

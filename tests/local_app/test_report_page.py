"""What a cell of a report says."""

import pytest

from local_app.pages.reports import told

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Сумма, ₽", 1234.5, f"1{SPACE}234,50"),
        ("Сумма, ₽", -0.05, "−0,05"),
        ("Сумма, ₽", 0, "—"),
        ("Количество", 21425.0, f"21{SPACE}425"),
        ("Количество", 0.195, "0,195"),
        ("Рентабельность, %", -7.5, "−7,5"),
        ("Заказов", 1204, f"1{SPACE}204"),
        ("Месяц", "2026-03", "март 2026"),
        ("Дата", "2026-03-12", "12.03.2026"),
        ("Клиент", "<b>Ромашка</b>", "<b>Ромашка</b>"),
        ("Группа", None, ""),
    ],
)
def test_a_cell_is_written_as_people_write_it(name: str, value: object, words: str) -> None:
    assert told(name, value) == words

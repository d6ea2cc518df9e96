"""What Datasette and SQLite say in English, in the manager's words. Pure."""

from __future__ import annotations

import re

CONDITIONS = {
    "contains": "содержит",
    "exact": "равно",
    "not": "не равно",
    "startswith": "начинается с",
    "endswith": "кончается на",
    "gt": "больше",
    "gte": "не меньше",
    "lt": "меньше",
    "lte": "не больше",
    "isblank": "пусто",
    "notblank": "заполнено",
}
UNARY = frozenset({"isblank", "notblank"})
CYRILLIC = re.compile("[А-Яа-я]")
"""Our own words, said already."""
TROUBLES = (
    (re.compile(r"not authorized|prohibited", re.IGNORECASE), "Спрошено то, что здесь закрыто. Берите только таблицы из списка слева."),
    (re.compile(r"interrupted|too long", re.IGNORECASE), "Не хватило времени. Добавьте условие или сократите период."),
    (re.compile(r"must be a SELECT|pragma", re.IGNORECASE), "Здесь можно только читать: запрос начинается со слова SELECT."),
    (re.compile(r"no such table: (?P<what>[^\n]+)"), "Нет таблицы «{what}». Её название берут в двойные кавычки."),
    (
        re.compile(r"no such column: (?P<what>[^\n]*)"),
        "Нет столбца «{what}». Названия столбцов берут в двойные кавычки, тексты — в одинарные.",
    ),
    (re.compile(r'near "(?P<what>[^"]*)": syntax error'), "Ошибка в записи рядом с «{what}»."),
    (re.compile(r"incomplete input"), "Запись обрывается на полуслове: допишите её."),
    (re.compile(r"unrecognized token: (?P<what>.+)", re.DOTALL), "Ошибка в записи: {what}. Проверьте, закрыты ли кавычки."),
    (re.compile(r"no such function: (?P<what>[^\n]+)"), "Нет функции {what}."),
    (
        re.compile(r"ambiguous column name: (?P<what>[^\n]+)"),
        "Столбец «{what}» есть в нескольких таблицах. Напишите перед ним таблицу и точку.",
    ),
    (re.compile(r"string or blob too big"), "Одно значение выходит слишком длинным. Спросите меньше."),
    (re.compile(r"one statement at a time"), "Можно выполнить только один запрос за раз."),
    (re.compile(r"not found", re.IGNORECASE), "Здесь ничего нет. Проверьте адрес."),
    (re.compile(r"permission|^execute-sql|^view-"), "Это здесь закрыто."),
    (re.compile(r"_size must be|_blob_column|is not allowed$|invalid columns$"), "Адрес составлен неверно."),
    (re.compile(r"cannot sort table by|Cannot use _sort", re.IGNORECASE), "По такому столбцу упорядочить нельзя."),
)


def error_words(error: object) -> str:
    """A Russian sentence for what went wrong; what is not known here is quoted."""
    text = str(error)
    if CYRILLIC.match(text):
        return text
    for pattern, words in TROUBLES:
        if found := pattern.search(text):
            return words.format(**found.groupdict())
    return f"База данных сообщает: {text}"

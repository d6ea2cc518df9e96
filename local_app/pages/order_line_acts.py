"""What a person does in the lines editor, as edits by the rules: type into a cell, pick a product, paste, move, remove."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from local_app import since
from local_app.ordering.rows import number_of, product_named, search_products
from local_app.ordering.shown import count, rate_shown
from shared.change import Edit, Refused, View
from shared.entities.orders import ORDER_LINES
from shared.fold import plain
from shared.formats import plural
from shared.ids import derived_id
from shared.rules.lines import change_cell, change_product, change_unit, from_product, from_text, move, pasted_line, places
from shared.rules.lists import named
from shared.rules.office import Row, Sheet
from shared.rules.orders import change_discount
from shared.rules.pasted import Pasted, counted, read_table
from shared.store import Store

Message = Mapping[str, Any]
Texts = dict[str, dict[str, str]]
"""Line id -> column -> text."""
COLUMNS: Mapping[str, str] = {"product": "name", "unit": "unit_id", "vat": "vat_percent"}
"""The columns of the editor that are called otherwise than the fields behind them."""
BARCODE = re.compile("[0-9]{8,14}")
LETTER = re.compile(r"[^\W\d_]")
FILLED = ("quantity", "price", "discount")


class Wish(NamedTuple):
    """What is to be done, its words for undo, and what stays to be typed again: the texts and why."""

    edits: list[Edit]
    words: str
    wrong: Texts
    texts: Texts


class Picked(NamedTuple):
    """A product chosen in the dialog, and what was typed beside it; '' leaves what the product has."""

    product: Row
    quantity: str = ""
    price: str = ""
    discount: str = ""


def commit(store: Store, sheet: Sheet, message: Message, view: View) -> Wish:
    """A cell was left: its text, or what was chosen from the list under it. What a line is given that was deleted unseen keeps it alive."""
    row_id, number = message["id"], number_of(sheet.order)
    if row_id == "order":
        base = sum(line.gross - line.discount for line in count(sheet).lines)
        return _wish(change_discount("orders", sheet.order, message["text"], base), f"Изменена скидка в заказе {number}")
    line = next((each for each in sheet.lines if each["id"] == row_id), None)
    if line is None and since.unseen_deletion(store, row_id, view):
        line = {**(store.row("order_lines", row_id) or {}), "deleted": 0}
        sheet = sheet._replace(lines=[*sheet.lines, line])
    if line is None:
        return _add(store, sheet, message)
    edits = _typed(store, sheet, line, message)
    return _wish(edits, f"Изменена строка «{line['name']}» в заказе {number}")


def paste(store: Store, sheet: Sheet, message: Message) -> Wish:
    """Several rows at once: new lines from a column of names, or numbers filled downwards.

    Ids follow from the paste itself: a browser that got no answer sends it again, and nothing is doubled.
    """
    units = units_of(store)
    if message["column"] in FILLED:
        return _fill(sheet, message, units)
    rows = read_table(message["rows"], units)
    if not rows:
        raise Refused("Вставлены одни заголовки или итоги. Скопируйте и строки с товарами")
    ids = [derived_id(int(message["moment"]), sheet.order["id"], message["key"], str(number)) for number in range(len(rows))]
    if ids and store.row("order_lines", ids[0]):
        return _wish([], "")
    edits, spots = places(sheet.lines, message["at"], len(rows))
    made = new_units(store, rows, units)
    edits += made
    units |= {plain(str(unit.patch["name"])): unit.row for unit in made}
    wrong: Texts = {}
    texts: Texts = {}
    for row, line_id, spot in zip(rows, ids, spots, strict=True):
        edit, reasons = pasted_line(sheet, line_id, row, product_of(store, row), spot, units)
        edits.append(edit)
        if reasons:
            wrong[line_id] = reasons
            texts[line_id] = {name: getattr(row, name) for name in reasons}
    return Wish(edits, f"Вставлено строк: {len(rows)} в заказ {number_of(sheet.order)}", wrong, texts)


def units_of(store: Store) -> dict[str, str]:
    """The ids of units by their plain names."""
    return {
        plain(row["name"]): row["id"] for row in store.rows("SELECT id, name FROM units WHERE deleted = 0 AND name <> '' ORDER BY id DESC")
    }


def new_units(store: Store, rows: Sequence[Pasted], known: Mapping[str, str]) -> list[Edit]:
    """Units of a pasted table that the directory lacks, as an import adds them; one that was deleted on purpose stays so."""
    texts = {plain(row.unit): row.unit for row in reversed(rows)}
    edits = [named("units", text) for name, text in texts.items() if name not in known and LETTER.match(text)]
    return [edit for edit in edits if store.row("units", edit.row) is None]


def product_of(store: Store, row: Pasted) -> Row | None:
    """The product of a pasted row: by its article, or else by its name."""
    return (product_named(store, row.article) if row.article else None) or product_named(store, row.name)


def add_picked(sheet: Sheet, items: Sequence[Picked], new_id: Callable[[], str]) -> Wish:
    """Several products at once, at the end of the order. Raises Refused when a number cannot be read."""
    edits, spots = places(sheet.lines, "", len(items))
    edits += [_picked_line(sheet, item, new_id(), spot) for item, spot in zip(items, spots, strict=True)]
    named = f"«{items[0].product['name']}»" if len(items) == 1 else plural(len(items), ("позиция", "позиции", "позиций"))
    return _wish(edits, f"В заказ {number_of(sheet.order)} {'добавлена' if len(items) == 1 else 'добавлено:'} {named}")


def _picked_line(sheet: Sheet, item: Picked, line_id: str, spot: str) -> Edit:
    new = from_product(sheet, line_id, item.product, spot)
    blanks = {field.name: field.blank for field in ORDER_LINES.fields}
    line: Row = {**blanks, **new.patch, "id": line_id}
    changed: dict[str, Any] = {}
    for name in FILLED:
        if text := getattr(item, name):
            for edit in change_cell(line, name, text):
                changed.update(edit.patch)
    return new._replace(patch={**new.patch, **changed})


def shift(sheet: Sheet, message: Message) -> Wish:
    return _wish(move(sheet.lines, message["id"], int(message["index"])), f"Переставлена строка в заказе {number_of(sheet.order)}")


def remove(sheet: Sheet, message: Message) -> Wish:
    line = next((each for each in sheet.lines if each["id"] == message["id"]), None)
    if line is None:
        return _wish([], "")
    return _wish([Edit("order_lines", line["id"], {"deleted": 1})], f"Удалена строка «{line['name']}» из заказа {number_of(sheet.order)}")


def why_refused(store: Store, sheet: Sheet, message: Message, view: View) -> str:
    """Why a kept text could not be accepted, in the words in which its cell would say it; '' when it could be now."""
    try:
        commit(store, sheet, message, view)
    except Refused as refused:
        return str(refused)
    return ""


def _add(store: Store, sheet: Sheet, message: Message) -> Wish:
    known = store.row("order_lines", message["id"])
    if known is not None:
        raise Refused("Эту строку удалили. Добавьте её заново или восстановите: «Справочники», «Строки заказов», «Удалённые»")
    if message["field"] != "product":
        raise Refused("Сначала выберите товар или напишите название строки")
    edits, (spot,) = places(sheet.lines, "", 1)
    product = _chosen(store, message)
    added = from_product(sheet, message["id"], product, spot) if product else from_text(sheet, message["id"], message["text"], spot)
    return _wish([*edits, added], f"Добавлена строка «{added.patch['name']}» в заказ {number_of(sheet.order)}")


def _typed(store: Store, sheet: Sheet, line: Row, message: Message) -> list[Edit]:
    column: str = message["field"]
    text = str(message["text"])
    if column == "product":
        product = _chosen(store, message)
        return change_product(sheet, line, product) if product else change_cell(line, "name", text)
    if column == "unit":
        if message["keep"]:
            return _with_new_unit(store, line, text)
        return change_unit(line, _unit(store, message["choice"], text))
    if column == "vat" and (rate := store.row("vat_rates", message["choice"] or "")):
        text = rate_shown(rate["percent"])
    gross = next(each.gross for row, each in zip(sheet.lines, count(sheet).lines, strict=True) if row["id"] == line["id"])
    return _change(line, COLUMNS.get(column, column), text, units_of(store), gross)


def _chosen(store: Store, message: Message) -> Row | None:
    """The product that was picked; without a pick the one that is named exactly, or else the first that was found."""
    if message["choice"] or message["keep"]:
        return store.row("products", message["choice"]) if message["choice"] else None
    text = str(message["text"]).strip()
    found = product_named(store, text) or next(iter(search_products(store, text, 1) if message["first"] else ()), None)
    if found is None and BARCODE.fullmatch(text):
        raise Refused(f"Товара со штрихкодом или артикулом {text} нет в справочнике. Проверьте цифры или добавьте товар")
    return found


def _unit(store: Store, choice: str | None, text: str) -> str | None:
    if choice or not text.strip():
        return choice
    found = units_of(store).get(plain(text))
    if found is None:
        raise Refused(f"Единицы «{text.strip()}» нет в справочнике. Выберите из списка или добавьте: стрелка вниз и Enter под ячейкой")
    return found


def _with_new_unit(store: Store, line: Row, text: str) -> list[Edit]:
    """The line in a unit that is added to the directory; one that was deleted there comes back, for it is asked for by name."""
    made = named("units", text.strip())
    known = store.row("units", made.row)
    if known is None:
        return [made, *change_unit(line, made.row)]
    if not known["deleted"]:  # it has been renamed since, and is what the line means no more
        return change_unit(line, _unit(store, None, text))
    return [Edit("units", made.row, {"deleted": 0, "name": text.strip()}), *change_unit(line, made.row)]


def _change(line: Row, name: str, text: str, units: Mapping[str, str], gross: int | None = None) -> list[Edit]:
    """A cell with what was typed; «10 кг» is ten, and kilogrammes where the line has no other unit."""
    number, unit = counted(text, units) if name == "quantity" else (text, "")
    found = units.get(plain(unit))
    if unit and line["unit_id"] not in (None, found):
        raise Refused(f"«{text.strip()}»: у строки другая единица. Напишите одно число или смените единицу", name)
    return [*change_cell(line, name, number, gross), *(change_unit(line, found) if found else [])]


def _fill(sheet: Sheet, message: Message, units: Mapping[str, str]) -> Wish:
    """A block of numbers from a spreadsheet: downwards over the lines, to the right over quantity, price and discount."""
    start = next((at for at, line in enumerate(sheet.lines) if line["id"] == message["at"]), len(sheet.lines))
    names = FILLED[FILLED.index(message["column"]) :]
    edits: list[Edit] = []
    wrong: Texts = {}
    texts: Texts = {}
    block = [row.split("\t") for row in str(message["rows"]).rstrip("\r\n").splitlines()]
    left = len(block) - len(sheet.lines[start:])
    if left == len(block):
        raise Refused("В этой строке ещё нет товара. Вставьте таблицу в столбец «Товар или услуга» или сначала добавьте товар")
    for line, cells in zip(sheet.lines[start:], block, strict=False):
        for name, text in zip(names, cells, strict=False):
            try:
                edits += _change(line, name, text.strip(), units)
            except Refused as refused:
                wrong.setdefault(line["id"], {})[name] = str(refused)
                texts.setdefault(line["id"], {})[name] = text.strip()
    words = f"Вставлены значения в заказ {number_of(sheet.order)}"
    return Wish(edits, f"{words}; не вошли нижние значения ({left}): в заказе для них нет строк" if left > 0 else words, wrong, texts)


def _wish(edits: list[Edit], words: str) -> Wish:
    return Wish(edits, words, {}, {})

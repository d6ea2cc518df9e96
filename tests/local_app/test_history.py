"""The history of an order: what happened to it and to all that belongs to it, act by act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.widgets.history import deeds, of_customs, of_row, title_of
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import MICRO
from shared.formats import SPACE
from shared.rules.custom import set_value
from shared.rules.office import Row
from tests.support.laptops import new_desk


def test_lines_payments_and_documents_of_an_order_are_in_its_history_deleted_ones_too(tmp_path: Path) -> None:
    with closing(new_desk(tmp_path)) as desk:
        desk.do([Edit("orders", "o1", {"number": "1", "date": "2026-11-23"}), Edit("orders", "o2", {"number": "2"})], "Заказы")
        desk.do(
            [Edit("order_lines", "l1", {"order_id": "o1", "name": "Гвозди", "price": MICRO}), Edit("order_lines", "x", {"order_id": "o2"})],
            "+",
        )
        desk.do(
            [Edit("payments", "p1", {"order_id": "o1", "amount": 100}), Edit("documents", "d1", {"order_id": "o1", "number": "С-1"})], "+"
        )
        desk.do([Edit("order_lines", "l1", {"price": 2 * MICRO})], "Цена")
        desk.do([Edit("order_lines", "l1", {"deleted": 1})], "Удаление")
        found = list(deeds(desk.store, ENTITIES["orders"], "o1"))
        assert [(deed.row, deed.first) for deed in found] == [
            ("o1", True), ("l1", True), ("l1", False), ("l1", False), ("p1", True), ("d1", True),
        ]  # fmt: skip
        price = found[2].moments[0]
        assert (price.field, price.before, price.after) == ("price", MICRO, 2 * MICRO)
        assert title_of(desk.store, ENTITIES["order_lines"], "l1") == "Гвозди"


def test_a_custom_field_is_told_as_its_kind_and_not_as_it_is_kept(tmp_path: Path) -> None:
    with closing(new_desk(tmp_path)) as desk:
        desk.do(
            [
                Edit("orders", "o1", {"number": "1"}),
                Edit("custom_fields", "limit", {"home": "orders", "name": "Лимит", "value_kind": "money"}),
                Edit("custom_fields", "day", {"home": "orders", "name": "Замер", "value_kind": "date"}),
                Edit("custom_values", "v1", {"order_id": "o1", "field_id": "limit", "value": "1200.50"}),
                Edit("custom_values", "v2", {"order_id": "o1", "field_id": "day", "value": "2026-03-12"}),
            ],
            "Параметры",
        )
        titles = [title_of(desk.store, ENTITIES["custom_values"], row) for row in ("v1", "v2")]
        assert titles == [f"Лимит 1{SPACE}200,50", "Замер 12.03.2026"]


def test_what_the_custom_fields_of_a_client_held_is_told_as_fields_of_the_client(tmp_path: Path) -> None:
    with closing(new_desk(tmp_path)) as desk:
        custom: Row = {"id": "way", "home": "clients", "name": "Канал", "value_kind": "text", "options": ""}
        desk.do([Edit("clients", "c", {"name": "Вектор"}), Edit("clients", "d", {"name": "Лютик"})], "Клиенты")
        desk.do([Edit("custom_fields", "way", {name: value for name, value in custom.items() if name != "id"})], "Поле")
        for client, text in (("c", "Сайт"), ("d", "Звонок")):
            desk.do(set_value(custom, client, text), "Параметр")
        assert desk.undo()
        assert [deed.moments[0].after for deed in of_customs(desk.store, ENTITIES["clients"], "d")] == ["Звонок", ""]
        desk.redo()
        desk.do(set_value(custom, "c", "Выставка"), "Параметр")
        told = [(deed.moments[0].before, deed.moments[0].after) for deed in of_customs(desk.store, ENTITIES["clients"], "c")]
        assert told == [("", "Сайт"), ("Сайт", "Выставка")]


class Typing:
    """A desk whose clock is set."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk.open(folder, clock=lambda: self.now_ms, create=True)
        self.now_ms = 1_800_000_000_000

    def type(self, text: str, after_s: float = 0, **more: str) -> None:
        self.now_ms += int(after_s * 1000)
        self.desk.do([Edit("clients", "c", {"name": text, **more})], "")

    def told(self) -> list[tuple[object, object]]:
        found = of_row(self.desk.store, ENTITIES["clients"], "c")
        return [(moment.before, moment.after) for deed in found for moment in deed.moments if moment.field == "name"]


@pytest.fixture
def typing(tmp_path: Path) -> Iterator[Typing]:
    typing = Typing(tmp_path)
    yield typing
    typing.desk.close()


def test_a_text_that_its_pauses_have_saved_in_pieces_is_told_once(typing: Typing) -> None:
    typing.type("Ром", city="Тула")
    typing.type("Ромаш", 2)
    typing.type("Ромашка", 50)
    assert typing.told() == [("", "Ромашка")]
    (deed,) = of_row(typing.desk.store, ENTITIES["clients"], "c")
    assert (deed.first, {moment.field for moment in deed.moments}) == (True, {"name", "city"})


def test_a_text_written_anew_later_is_told_again(typing: Typing) -> None:
    typing.type("Ромашка")
    typing.type("Лютик", 61)
    assert typing.told() == [("", "Ромашка"), ("Ромашка", "Лютик")]


def test_what_was_typed_and_taken_back_is_told(typing: Typing) -> None:
    typing.type("Ромашка")
    typing.type("", 2)
    assert typing.told() == [("", "Ромашка"), ("Ромашка", "")]


def test_a_text_is_not_told_together_with_what_came_with_it(typing: Typing) -> None:
    typing.type("Ром")
    typing.type("Ромашка", 2, city="Тула")
    assert typing.told() == [("", "Ром"), ("Ром", "Ромашка")]

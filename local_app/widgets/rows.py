"""The rows that belong to one row: contacts of a client, payments of an order. A list; each row opens in a window."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from nicegui import ui

from local_app import leftovers
from local_app.session import Session, address
from local_app.widgets import query
from local_app.widgets.card import Section
from local_app.widgets.columns import Column, register_of
from local_app.widgets.fields import entity_path
from local_app.widgets.listing import shown
from local_app.widgets.rowdialog import RowDialog
from local_app.widgets.tags import Pieces, Tag, button, div, empty, link, span
from shared.change import Edit
from shared.entity import Entity, Kind, Value
from shared.formats import MINUS, plural, web_address, whole

MOST = 50
"""Rows of one parent that are drawn: five hundred, all of them live elements, held the whole program for a second."""

PURPOSES = MappingProxyType({
    "contacts": "Запишите людей клиента: с кем говорить, кому отправлять документы.",
    "bank_accounts": "Добавьте расчётный счёт: его реквизиты попадут в документы.",
    "vat_regimes": "Пока здесь пусто, считается общий режим, с НДС. На УСН добавьте режим и день, с которого он действует.",
    "payments": "Записывайте каждую оплату: долг заказа посчитается сам.",
    "assignees": "Укажите, кто отвечает за заказ: наши сотрудники и сотрудники клиента.",
    "interactions": "Записывайте встречи, звонки и письма: они видны всем, кто работает с клиентом.",
    "expenses": "Записывайте затраты: они уменьшают прибыль заказа в отчётах.",
    "reminders": "Поставьте напоминание: программа скажет о нём в срок.",
})  # fmt: skip
"""What an empty list is for, by its entity."""
DELETED = MappingProxyType({"m": "удалён", "f": "удалена", "n": "удалено"})


class Rows:
    """The children of one row. `owner` is the field that says so (client_id, order_id …); `also` are other owners of a new child."""

    def __init__(self, session: Session, owner: str, owner_id: str, also: Callable[[], Mapping[str, Value]] | None = None) -> None:
        self.session, self.owner, self.owner_id, self.also = session, owner, owner_id, also

    def section(self, name: str, label: str = "") -> Section:
        """A section of a card with the rows of one entity and their count."""
        entity = self.session.store.catalogue[name]
        return Section(name, label or entity.plural, lambda: self.draw(name), lambda: self.count(name))

    def count(self, name: str) -> int:
        where = query.belonging(self.session.store.catalogue[name], self.owner)
        return int(self.session.store.one(f"SELECT count(*) FROM {name} t WHERE {where}", (self.owner_id,)))

    def draw(self, name: str) -> None:
        """The list, redrawn whenever its rows change."""
        entity = self.session.store.catalogue[name]
        with div("panel"):
            with div("title"):
                heading = span("grow")
                button("Добавить", lambda: self.add(entity), icon="add", data_key_new="1")
            table, rows = self._table(entity)
            nothing = empty(PURPOSES.get(entity.name, f"{entity.plural}: пока ничего нет."))
            with div("body head") as rest:
                told = span("caption")
                link("Показать все", address(entity_path(entity.name), {self.owner: self.owner_id}), "caption")

        def refresh() -> None:
            rows.refresh()
            drawn, total = len(rows.drawn), self.count(name)
            heading.set_text(plural(total, entity.forms) if rows else entity.plural)
            table.set_visibility(bool(rows))
            nothing.set_visibility(not rows)
            rest.set_visibility(total > drawn)
            told.set_text(f"Показаны первые {drawn} из {whole(total)}")

        refresh()
        self.session.listen({name, *(field.target for field in entity.fields if field.target)}, refresh)

    def _rows(self, entity: Entity) -> dict[Hashable, dict[str, Any]]:
        """Those that are drawn."""
        register = register_of(entity.name)
        where = query.belonging(entity, self.owner)
        sql = f"SELECT t.id FROM {entity.name} t WHERE {where} ORDER BY {register.order} LIMIT {MOST}"
        found = self.session.store.rows(sql, (self.owner_id,))
        rows = self.session.store.rows(*query.page_rows(register, [row["id"] for row in found]))
        return {row["id"]: row for row in shown(register.columns, rows)}

    def _columns(self, entity: Entity) -> list[Column]:
        """Listed fields but the owners; links show what is behind them."""
        return [column for column in register_of(entity.name).columns if column.field.listed and not column.field.owner]

    def _table(self, entity: Entity) -> tuple[Tag, Pieces[dict[str, Any]]]:
        columns = self._columns(entity)
        with Tag("table", "table") as table:
            with Tag("thead"), Tag("tr"):
                for column in columns:
                    Tag("th", kept_whole(column), column.field.label)
                Tag("td")
            return table, Pieces("", partial(self._rows, entity), partial(self._row, entity, columns), name="tbody")

    def _row(self, entity: Entity, columns: list[Column], row: dict[str, Any]) -> Tag:
        with Tag("tr", "link", on_click=lambda: self.edit(entity, row["id"]), tabindex=0) as line:
            for column in columns:
                text = str(row[column.name])
                with Tag(
                    "td",
                    f"{kept_whole(column)}{' danger' * (column.is_number and text.startswith(MINUS))}",
                    "" if column.field.kind is Kind.LINK else text,
                ):
                    if column.field.kind is Kind.LINK and text:
                        self._link(text)
            with Tag("td", "number"):
                cross = Tag(
                    "button",
                    "btn flat icon",
                    type="button",
                    title="Удалить",
                    aria_label="Удалить",
                    style="height:24px;width:24px;margin:-2px 0;vertical-align:top",
                )
                with cross:
                    ui.icon("o_delete")
                cross.on("click.stop", lambda _: self.delete(entity, row["id"]), args=[])
        line.on("keydown.enter.self", lambda _: self.edit(entity, row["id"]), args=[])
        return line

    def _link(self, text: str) -> None:
        """A site opens in a new tab; a folder is shown as it stands, a page may not open it."""
        if address := web_address(text):
            Tag("a", "", text, href=address, target="_blank", rel="noopener noreferrer").on("click.stop", js_handler="() => {}")
        else:
            span("", text)

    # ------------------------------------------------------------------ acts
    def add(self, entity: Entity) -> None:
        initial: dict[str, Value] = {self.owner: self.owner_id}
        initial |= {name: value for name, value in (self.also() if self.also else {}).items() if entity.field(name) and value}
        RowDialog(self.session, entity.name, self.session.desk.new_id(), {**initial, **self._usual(entity)}).show()

    def _usual(self, entity: Entity) -> dict[str, Value]:
        """What a new row starts with: me, and now, unless it is about a moment to come: a reminder of now would be overdue at once.

        Whoever adds an assignee has come to say whom: with me in his place «Готово» would have nothing to save.
        """
        now = self.session.app.clock()
        usual: dict[str, Value] = {}
        if (moment := entity.field("moment")) and not moment.required:
            usual["moment"] = now.strftime("%Y-%m-%dT%H:%M")
        if entity.field("date"):
            usual["date"] = now.date().isoformat()
        if entity.field("employee_id") and entity.name != "assignees" and self.session.desk.author:
            usual["employee_id"] = self.session.desk.author
        return usual

    def edit(self, entity: Entity, row_id: str) -> None:
        RowDialog(self.session, entity.name, row_id).show()

    def delete(self, entity: Entity, row_id: str) -> None:
        left = leftovers.told(self.session.store, entity.name, [row_id])
        if self.session.do([Edit(entity.name, row_id, {"deleted": 1})], f"{entity.label}: удаление"):
            self.session.say(f"{entity.label}: {DELETED[entity.gender]}{left}", True)


def kept_whole(column: Column) -> str:
    """The class of its cells: numbers and times keep to one line, a long text has the room for it."""
    if column.field.kind in (Kind.DATE, Kind.MOMENT):
        return "when"
    return "number" if column.is_number else "long" if column.field.kind is Kind.NOTE else ""

"""The order form: a header in one line, the bar of nine sections, under it the working area."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from functools import partial

from nicegui import ui

from local_app.pages import custom, files, lists, order_documents, order_expenses, order_main, order_payments, order_status
from local_app.pages.order_acts import copy_of, new_order, renumbered
from local_app.pages.order_form import OrderForm
from local_app.session import Session
from local_app.widgets.card import Card, Section
from local_app.widgets.columns import NAMELESS
from local_app.widgets.history import open_family
from local_app.widgets.rows import Rows
from local_app.widgets.tags import Pieces, Tag, button, div, empty, link, span
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.formats import DASH, day, initials, money
from shared.rules.office import Row

__all__ = ["new_order", "page"]


def page(session: Session, row: str) -> None:
    if row == "new":
        begin(session)
    elif session.store.row("orders", row) is None:
        session.entitle(("Заказы и документы", "/orders"), "Заказ не найден")
        words = "Такого заказа здесь нет. Возможно, он ещё не пришёл на этот ноутбук с сервера."
        empty(words, "К списку заказов", lambda: session.go("/orders"))
    else:
        OrderCard(session, row).open()


def begin(session: Session) -> None:
    """«/orders/new»: the order is made and takes the place of this address, so that «back» makes no second one."""
    try:
        made = new_order(session.desk, {"client_id": session.query.get("client") or None})
    except Refused as refused:
        session.entitle(("Заказы и документы", "/orders"), "Новый заказ")
        empty(str(refused), "Повторить", session.refresh)
        return
    session.path, session.query = f"/orders/{made}", {}
    session.client.sub_pages_router.current_path = session.path
    session.client.run_javascript(f"({SETTLE})({json.dumps(session.path)})")
    card = OrderCard(session, made)
    card.open().begin()
    session.say(f"Создан заказ {card.form.row['number']}", True)


SETTLE = """path => {
  const asked = location.pathname.endsWith("/orders/new");
  history[asked ? "replaceState" : "pushState"]({page: path}, "", path);
}"""
"""A click on «Новый заказ» has not written its address yet: then what stands there is the list, to which «back» leads."""
FACTS = {"total": "Итого", "paid": "Оплачено", "debt": "Долг"}
BACK = "К возврату"
"""A debt of ours: the client has paid more than the order comes to, or gives goods back."""


class OrderCard(Card):
    """A card whose sections stay drawn, each with its own scroll, and whose header tells how the deal stands."""

    def __init__(self, session: Session, order_id: str) -> None:
        self.session, self.entity, self.row_id = session, ENTITIES["orders"], order_id
        self.form = self.fields_form = OrderForm(session, self.entity, order_id, saved=self.saved)
        self.form.check = self.fields_form.warnings
        self.papers = order_documents.Papers(session, order_id)
        self.saved_at: Tag | None = None
        self.drawn: dict[str, Tag] = {}
        self.entitled = ""

    def open(self) -> order_main.MainSection:
        rows = Rows(self.session, "order_id", self.row_id, lambda: {"client_id": self.form.row["client_id"]})
        main = order_main.MainSection(self.session, self.fields_form, self.saved)
        self.draw(
            [
                Section("main", "Основное", main.draw, main.count),
                order_documents.section(self.papers),
                order_payments.section(self.session, self.row_id, rows),
                Section("status", "Статус", lambda: order_status.draw(self.session, self.row_id, self.change_status)),
                files.section(self.session, "order_id", self.row_id, lambda: {"client_id": self.form.row["client_id"]}),
                rows.section("assignees", "Исполнители"),
                rows.section("interactions", "Отношения"),
                order_expenses.section(self.session, self.row_id, rows),
                custom.section(self.session, "orders", self.row_id, self.saved),
            ]
        )
        self.session.listen({"clients", "statuses", "employees"}, self.refresh)
        return main

    def title(self) -> str:
        number, date = self.form.row["number"], self.form.row["date"]
        return f"Заказ {number or 'без номера'}{f' от {day(str(date))}' if date else ''}"

    # ------------------------------------------------------------------ the header
    def _head(self, _: object = None) -> None:
        with div("card-head order-head"):
            self.name = Tag("h1", "", "")
            self.client_link = link("", "", "cut")
            self._status_chip()
            self.manager = span("secondary cut order-manager", "", title="Ответственный")
            with div("facts"):
                self.money = {name: self._fact() for name in FACTS}
            self.saved_at = div("saved", role="status", aria_live="polite")
            self._more()
        self._refresh_head()

    def _more(self) -> None:
        button("", self.papers.print, kind="flat icon", icon="o_print", tip="Счёт на оплату (Ctrl+P)", data_key_print="1")
        with button("", lambda: None, kind="flat icon", icon="o_more_vert", tip="Ещё", aria_haspopup="menu"), ui.menu():
            ui.menu_item("Создать такой же заказ", on_click=self.copy).props("role=menuitem")
            ui.menu_item("Дать следующий номер", on_click=self.renumber).props("role=menuitem")
            ui.menu_item("История", on_click=self.show_history).props("role=menuitem")
            ui.menu_item("Удалить заказ", on_click=self.delete).props("role=menuitem")

    def _status_chip(self) -> None:
        with Tag("button", "chip order-status", type="button", title="Сменить статус", aria_haspopup="menu") as self.chip:
            self.status_name = span("status", "")
            ui.icon("expand_more")
            with ui.menu():
                offered = Pieces("", self._offered, self._draw_status)
        self.session.listen({"statuses"}, offered.refresh)

    def _offered(self) -> dict[Hashable, Row | None]:
        """The statuses to choose from; without any the way to have some."""
        found: dict[Hashable, Row | None] = {status["id"]: status for status in order_status.statuses(self.session.store)}
        return found or {"": None}

    def _draw_status(self, status: Row | None) -> ui.menu_item:
        if status is None:
            return ui.menu_item(lists.FILL, on_click=lambda: lists.fill(self.session)).props("role=menuitem")
        with ui.menu_item(on_click=partial(self.change_status, status["id"])).props("role=menuitem") as item:
            span(f"status hue-{status['color'] or 'gray'}", status["name"])
        return item

    def _refresh_head(self) -> None:
        self.form.read()
        row, store = self.form.row, self.session.store
        if self.title() != self.entitled:
            self.entitled = self.title()
            name = self.entitled.removeprefix("Заказ ")
            self.name.set_text(name[0].upper() + name[1:])
            self.session.entitle(("Заказы и документы", "/orders"), self.entitled)
        client = store.row("clients", str(row["client_id"] or ""))
        self.client_link.set_text(client["name"] or NAMELESS if client else "")
        self.client_link.props["href"] = f"/clients/{row['client_id']}" if client else None
        status = store.row("statuses", str(row["status_id"] or ""))
        self.status_name.set_text(status["name"] if status else "Без статуса")
        self.status_name.classes(replace=f"status hue-{(status or {}).get('color') or 'gray'}")
        manager = str(store.one("SELECT name FROM employees WHERE id = ?", (row["manager_id"],)) or "")
        self.manager.set_text(initials(manager))
        self.manager.props["title"] = f"Ответственный: {manager or 'не назначен'}"
        self._show_money()

    def _show_money(self) -> None:
        """Total, paid and debt as `order_totals` has them; a deleted order has none."""
        found = self.session.store.rows("SELECT total, paid, debt FROM order_totals WHERE order_id = ?", (self.row_id,))
        sums = found[0] if found else dict.fromkeys(FACTS, 0)
        back = sums["debt"] < 0
        for name, (label, shown) in self.money.items():
            label.set_text(BACK if back and name == "debt" else FACTS[name])
            kopecks = abs(sums[name]) if name == "debt" else sums[name]
            shown.set_text(money(kopecks) if kopecks else DASH)
            bad = kopecks < 0 or (name == "debt" and kopecks > 0)
            shown.classes(replace="danger" if bad else "" if kopecks else "secondary")

    def _fact(self) -> tuple[Tag, Tag]:
        """What it is called, and the sum."""
        with span(""):
            return span(""), Tag("b", "", "")

    # ------------------------------------------------------------------ the sections
    def _open(self, sections: Sequence[Section], key: str) -> None:
        chosen = next((section for section in sections if section.key == key), sections[0])
        for name, (tab, _, _) in self.tabs.items():
            tab.classes(add="on" if name == chosen.key else "", remove="" if name == chosen.key else "on")
            tab.props["aria-selected"] = str(name == chosen.key).lower()
        self.body.classes(replace="order-body")
        for name, area in self.drawn.items():
            area.set_visibility(name == chosen.key)
        if chosen.key not in self.drawn:
            with self.body, div("card-body", role="tabpanel", aria_label=chosen.label) as self.drawn[chosen.key]:
                chosen.draw()

    # ------------------------------------------------------------------ acts
    def change_status(self, status_id: str) -> None:
        status = self.session.store.row("statuses", status_id)
        if status and status_id != self.form.row["status_id"]:
            edit = Edit("orders", self.row_id, {"status_id": status_id})
            if self.session.do([edit], f"{self.title()}: статус «{status['name']}»"):
                self.saved(f"Сохранено {self.session.app.clock():%H:%M}")

    def show_history(self) -> None:
        """Of the order, its lines, payments, documents and what else belongs to it."""
        open_family(self.session, self.entity, self.row_id, f"История: {self.title()}")

    def renumber(self) -> None:
        edits = renumbered(self.session.desk, self.form.row)
        words = f"{self.title()}: номер {edits[0].patch['number']}"
        if self.session.do(edits, words):
            self.session.say(words, True)

    def copy(self) -> None:
        try:
            made = copy_of(self.session.desk, self.row_id)
        except Refused as refused:
            self.session.say(str(refused), False)
            return
        self.session.go(f"/orders/{made}")
        self.session.say("Создан такой же заказ на сегодня", True)

"""«Справочники»: the generic register and card of every entity that has no screen of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from local_app.customs import Doubts, namesakes
from local_app.pages import lists
from local_app.session import Session
from local_app.widgets.card import Card, Section
from local_app.widgets.register import Options, RegisterView
from local_app.widgets.rows import Rows
from local_app.widgets.tags import Part, div, empty, link, span
from shared.entities import ENTITIES
from shared.entity import Kind
from shared.formats import plural
from shared.rules.custom import OWNERS

GROUPS: Mapping[str, Sequence[str]] = {
    "Мы": ("organizations", "employees", "bank_accounts", "vat_regimes"),
    "Товары": ("product_groups", "units", "vat_rates"),
    "Заказы": ("statuses", "expense_categories", "interaction_kinds", "custom_fields", "templates"),
    "Все записи": (
        "contacts",
        "interactions",
        "payments",
        "expenses",
        "order_lines",
        "assignees",
        "attachments",
        "reminders",
        "documents",
        "custom_values",
        "distinct_pairs",
    ),
}
PURPOSES: Mapping[str, str] = MappingProxyType({
    "organizations": "Здесь ваши фирмы и предприниматели: от их имени выставляются счета и другие документы.",
    "employees": "Здесь ваши сотрудники: их выбирают ответственными за клиентов, заказы и напоминания.",
    "bank_accounts": "Здесь расчётные счета своих организаций и клиентов: они попадают в документы.",
    "vat_regimes": "Здесь режим НДС каждой своей организации и день, с которого он действует: по нему считается НДС заказов.",
    "product_groups": "Группы раскладывают товары и услуги по разделам.",
    "units": "В этих единицах вы считаете товары и услуги: штуки, килограммы, часы.",
    "vat_rates": "Здесь ставки НДС и дни отгрузки, для которых они действуют.",
    "statuses": "Статусы — ступени, которые проходит заказ: по ним делятся реестр и отчёты.",
    "expense_categories": "Здесь статьи, на которые тратятся деньги по заказам: доставка, закупка, комиссия.",
    "interaction_kinds": "Здесь то, как вы общаетесь с клиентами: звонок, встреча, письмо.",
    "custom_fields": "Здесь поля, которые вы придумали сами: у заказов, их строк, клиентов и товаров.",
    "templates": "Здесь ваши шаблоны документов. Проще всего начать в черновике документа: «Сделать свой шаблон».",
})  # fmt: skip
"""What an empty directory is for; the lists of all rows say only that they are empty."""
CHILDREN: Mapping[str, Sequence[str]] = {"organizations": ("bank_accounts", "vat_regimes"), "contacts": (), "custom_fields": ()}


def page(session: Session) -> None:
    session.entitle("Справочники")
    with div("page"), div("columns"):
        if lists.lacking(session):
            with div("panel"):
                empty("Нет единиц, ставок НДС или статусов, с которых начинают.", lists.FILL, lambda: lists.fill(session))
            session.listen({"statuses", "vat_rates", "units"}, session.refresh)
        for label, names in GROUPS.items():
            with div("panel"):
                div("title", label)
                with div("rows"):
                    for name in names:
                        line(session, name)


def line(session: Session, name: str) -> None:
    entity = ENTITIES[name]
    count = session.store.living(name)
    with link("", f"/directory/{name}", "row-line"):
        span("grow", entity.plural)
        span("caption", plural(count, entity.forms) if count else "пусто")


def unknown(session: Session) -> None:
    session.entitle(("Справочники", "/directory"), "Справочник не найден")
    empty("Такого справочника нет.", "Все справочники", lambda: session.go("/directory"))


def register(session: Session, name: str) -> None:
    if name not in ENTITIES:
        unknown(session)
        return
    entity = ENTITIES[name]
    session.entitle(("Справочники", "/directory"), entity.plural)
    if name == "custom_fields":
        customs(session)
        return
    RegisterView(
        session,
        name,
        Options(
            chips=tuple(field.name for field in entity.fields if field.kind is Kind.REFERENCE and field.listed)[:3],
            new=("Добавить", lambda: session.go(f"/directory/{name}/{session.desk.new_id()}")),
            purpose=PURPOSES.get(name, f"{entity.plural}: пока пусто."),
        ),
    )


def customs(session: Session) -> None:
    """By what they belong to; what two of them have in common is said over them: each may have come from another laptop."""

    def new() -> None:
        home = session.query.get("home", "")
        session.go(f"/directory/custom_fields/{session.desk.new_id()}", {"home": home} if home in OWNERS else None)

    with div("card"):
        same = Part("", partial(namesakes, session.store), told)
        RegisterView(session, "custom_fields", Options(segments="home", new=("Добавить", new), purpose=PURPOSES["custom_fields"]))
    session.listen({"custom_fields"}, same.refresh)


def told(names: list[str]) -> None:
    for name in names:
        with div("twin-bar"):
            span("cut", name, title=name)
            span("caption", "в документах и таблицах их не различить: переименуйте одно или удалите")


def card(session: Session, name: str, row: str) -> None:
    if name not in ENTITIES:
        unknown(session)
        return
    custom = name == "custom_fields"
    initial = {"home": home} if custom and (home := session.query.get("home", "")) in OWNERS else None
    shown = Card(session, ENTITIES[name], row, initial=initial, check=Doubts(session.store) if custom else None)
    rows = Rows(session, f"{name.removesuffix('s')}_id", row)
    shown.draw([
        Section("main", "Основное", shown.fields),
        *(rows.section(child) for child in CHILDREN.get(name, ())),
        Section("history", "История", shown.history),
    ])  # fmt: skip
    if not shown.form.exists:
        shown.form.focus(ENTITIES[name].title[0])

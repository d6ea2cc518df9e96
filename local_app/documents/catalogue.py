"""All tags that a template may use, each with what it means and what it says on the paper at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from local_app.documents.facts import Facts
from shared.entities import ENTITIES

HOMES = {
    "order": "orders", "organization": "organizations", "account": "bank_accounts", "client": "clients",
    "client_account": "bank_accounts", "contact": "contacts", "manager": "employees",
}  # fmt: skip
"""Part of the facts -> the entity whose fields it has."""
GROUPS = {
    "document": "Документ", "order": "Заказ", "organization": "Наша организация", "account": "Наш расчётный счёт", "client": "Клиент",
    "client_account": "Расчётный счёт клиента", "contact": "Контактное лицо", "manager": "Ответственный",
    "line": "Строка заказа: внутри {% for line in lines %} … {% endfor %}", "totals": "Итоги",
    "tax": "Ставка НДС: внутри {% for tax in totals.vat_lines %} … {% endfor %}", "payment": "Оплата",
}  # fmt: skip
COMPUTED = {
    "document.name": "Вид документа", "document.number": "Номер документа", "document.date": "Дата документа, цифрами",
    "document.date_long": "Дата документа, словами", "document.pay_until": "Оплатить до, словами",
    "document.shipment_date": "Дата отгрузки, словами",
    "document.note": "Примечание документа", "organization.paper_name": "Полное название, а без него краткое",
    "organization.signs_alone": "«да», если подписывает один предприниматель",
    "organization.director_initials": "Руководитель: фамилия и инициалы",
    "organization.accountant_initials": "Главный бухгалтер: фамилия и инициалы",
    "client.signs_alone": "«да», если клиент — предприниматель или физическое лицо",
    "line.number": "Номер по порядку", "line.name": "Название", "line.sku": "Артикул", "line.unit": "Единица",
    "line.okei": "Код ОКЕИ", "line.quantity": "Количество", "line.price": "Цена", "line.discount": "Скидка строки",
    "line.sum": "Сумма со скидкой строки", "line.net": "Сумма с долей скидки на заказ", "line.vat_rate": "Ставка НДС",
    "line.vat": "Сумма НДС", "line.total": "Всего к оплате за строку", "line.note": "Примечание строки",
    "totals.count": "Число строк", "totals.count_words": "Число наименований со словом", "totals.gross": "Без скидок",
    "totals.line_discount": "Скидки строк", "totals.sum": "Сумма строк со своими скидками",
    "totals.discount": "Скидка на заказ, с минусом", "totals.discount_rate": "Процент скидки на заказ",
    "totals.net": "Со всеми скидками", "totals.vat": "Сумма НДС", "totals.total": "Всего к оплате",
    "totals.words": "Всего прописью", "totals.debt": "Осталось оплатить", "tax.label": "Название ставки",
    "tax.sum": "Сумма НДС по ставке", "payment.purpose": "Назначение платежа",
    "payment.qr": "Код для оплаты, адрес картинки",
}  # fmt: skip
"""What is no field of an entity."""


class TagOf(NamedTuple):
    """One tag as it is written, in words, and as it comes out here."""

    tag: str
    label: str
    value: str


def catalogue(facts: Facts) -> dict[str, list[TagOf]]:
    """{group in words: its tags}, over the facts of one document."""
    parts = {**facts, "line": next(iter(facts["lines"]), {}), "tax": facts["totals"]["vat_lines"][0]}
    return {words: list(tags_of(part, parts[part])) for part, words in GROUPS.items() if parts[part]}


def tags_of(part: str, said: Mapping[str, Any]) -> Iterator[TagOf]:
    for name, value in said.items():
        if name == "custom":
            quoted = {custom: json.dumps(custom, ensure_ascii=False) for custom in value}  # a name may hold quotes: «Труба 1/2"»
            yield from (TagOf(f"{{{{ {part}.custom[{quoted[custom]}] }}}}", custom, str(text)) for custom, text in value.items())
        elif isinstance(value, str):
            yield TagOf(f"{{{{ {part}.{name} }}}}", label_of(part, name), value)


def label_of(part: str, name: str) -> str:
    """What a tag means. KeyError for one without words: a test of the house asks all of them."""
    if (words := COMPUTED.get(f"{part}.{name}")) is not None:
        return words
    field = ENTITIES[HOMES[part]].field(name)
    if field is None:
        raise KeyError(f"{part}.{name}")
    return field.label

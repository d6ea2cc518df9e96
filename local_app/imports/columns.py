"""What columns each kind of import knows, and which column of a file stands for which of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from local_app.imports.plan import Row
from shared.change import Refused
from shared.entities import ENTITIES
from shared.entity import Field
from shared.fold import fold


class Column(NamedTuple):
    """One thing a file can tell. `field` checks its values, `headers` are names by which it is recognised without being told."""

    key: str
    label: str
    field: Field
    headers: tuple[str, ...] = ()
    required: bool = False
    custom: Row | None = None  # the user's own field that it fills


CUSTOM = "custom:"
"""Begins the keys of the user's own fields; the name follows."""
Vocabulary = Mapping[str, Column]
"""All that an import of one kind knows, by key."""


def shown(header: str) -> str:
    """A name of a column for comparing: «№ заказа» is «Номер заказа», «Скидка ₽» is «Скидка, руб.» and never «Скидка, %».

    A name that is all signs («№», «%») is none of the others.
    """
    if not fold(header):
        return header.strip()
    for sign, word in _SIGNS.items():
        header = header.replace(sign, f" {word} ")
    return fold(header)


def _column(key: str, entity: str, field: str, label: str = "", headers: str = "", *, required: bool = False) -> Column:
    declared = ENTITIES[entity].field(field)
    if declared is None:
        raise LookupError(f"{entity}.{field} is not declared")
    words = tuple(shown(header) for header in (label or declared.label, *headers.split("|")) if header)
    return Column(key, label or declared.label, declared, words, required)


_SIGNS = MappingProxyType({"№": "номер", "%": "процент", "₽": "руб"})
GOODS = (
    "товар|товары|номенклатура|наименование|название товара|наименование товара|товары (работы, услуги)|товар (услуга)|"
    "наименование товаров|наименование товара (работы, услуги)|наименование номенклатуры|номенклатура.наименование|позиция|продукция"
)
FIRM = (
    "клиент|наименование|контрагент|покупатель|заказчик|наименование клиента|наименование контрагента|название клиента|"
    "название компании|название организации|наименование организации|краткое наименование|компания|организация|партнёр|name"
)
PRICE = "цена, руб|цена, р|цена руб. коп|цена за ед|цена за единицу|цена за шт|цена за 1 шт|цена за ед, руб|цена продажи|price"
"""Not «Цена с НДС»: whether the VAT is within is asked of a person."""
_NUMBERS = "номер заказа|№ заказа покупателя|номер документа|номер счета|номер накладной|заказ №|документ №|счёт №|накладная №|заказ|№"
_DATES = "дата заказа|дата документа|дата счета|дата накладной|дата продажи|дата реализации|дата и время|от"
_BUYERS = "покупатель|контрагент|заказчик|название клиента|наименование клиента|наименование контрагента|наименование покупателя|партнёр"
_QUANTITIES = "кол-во|кол|кол-во, шт|количество, шт|кол, шт|количество товара|кол-во товара|к-во|колво|шт|qty"
_INNS = "инн клиента|инн покупателя|инн контрагента|инн заказчика|инн/кпп|инн/кпп клиента|инн/кпп покупателя|инн/кпп контрагента"
_PHONES = "тел|телефоны|номер телефона|контактный телефон|мобильный телефон|моб телефон|телефон/факс|тел/факс|phone"
_NOTES = "комментарий|комментарии|примечания"
LIKE_A_PRICE = frozenset(("цена", "прайс", "опт", "оптовая", "розн", "розница", "розничная"))
"""Words of columns that may hold the price: which of them is meant is asked of a person, too."""

_CLIENT = (
    _column("inn", "clients", "inn", headers=_INNS),
    _column("kpp", "clients", "kpp", headers="кпп клиента|кпп покупателя|кпп контрагента"),
    _column("ogrn", "clients", "ogrn", headers="огрнип|огрн/огрнип|огрн (огрнип)"),
    _column("code", "clients", "code", "Код клиента", "код контрагента|код покупателя"),
    _column("phone", "clients", "phone", headers=_PHONES),
    _column("email", "clients", "email", headers="почта|e-mail|email|эл почта|адрес электронной почты|электронный адрес"),
    _column("site", "clients", "site", headers="веб-сайт|www"),
    _column("city", "clients", "city", headers="city"),
    _column("country", "clients", "country", headers="country"),
    _column("legal_address", "clients", "legal_address", headers="адрес|юр адрес|адрес юридический|address"),
    _column("postal_address", "clients", "postal_address", headers="почт адрес|адрес почтовый"),
    _column("contact", "contacts", "name", "Контактное лицо", "контакт|сотрудник клиента|фио контактного лица"),
)
_MANAGER = _column(
    "manager", "employees", "name", "Ответственный", "менеджер|ответственный менеджер|менеджер по продажам|сотрудник|employee"
)
_PRODUCT = (
    _column(
        "sku",
        "products",
        "sku",
        headers="код товара|арт|артикул товара|арт №|номенклатура.артикул|код номенклатуры|номенклатура.код|код|sku",
    ),
    _column(
        "group",
        "product_groups",
        "name",
        "Группа",
        "группа товаров|группы|товарная группа|номенклатурная группа|категория|категория товара|category",
    ),
    _column("unit", "units", "name", "Единица", "ед|ед изм|единица измерения|единица изм|ед измерения|единицы|единицы измерения|е.и."),
    _column("cost", "products", "cost", headers="себестоимость|закупка|цена закупки|цена закупочная|закупочная цена, руб"),
    _column("vat", "order_lines", "vat_percent", "Ставка НДС", "ндс|% ндс|ндс %|ставка ндс, %|ставка"),
)
_DOCUMENT = (
    _column("number", "orders", "number", "Номер", _NUMBERS, required=True),
    _column("date", "orders", "date", "Дата", _DATES, required=True),
    _column("client", "clients", "name", "Клиент", _BUYERS, required=True),
    _column("organization", "organizations", "name", "Наша организация", "организация|продавец"),
    _column("status", "statuses", "name", "Статус", "статус заказа|состояние|состояние заказа"),
    _column("subject", "orders", "subject"),
    _column("shipment_date", "orders", "shipment_date", headers="отгрузка|план дата отгрузки|плановая дата отгрузки|срок отгрузки"),
    _column("pay_until", "orders", "pay_until", headers="оплата до|срок оплаты"),
    _column("note", "orders", "note", headers=_NOTES),
)
_LINE = (
    _column("product", "products", "name", "Товар или услуга", f"{GOODS}|название|услуга"),
    _column("quantity", "order_lines", "quantity", headers=_QUANTITIES, required=True),
    _column("price", "order_lines", "price", headers=PRICE, required=True),
    _column("discount", "order_lines", "discount_percent", "Скидка, %", "скидка|% скидки|скидка в процентах|ск, %|ск"),
    _column("discount_fraction", "order_lines", "quantity", "Скидка, доля", "доля скидки"),
    _column(
        "discount_sum",
        "order_lines",
        "discount_sum",
        "Скидка, ₽",
        "сумма скидки|сумма скидки, руб|скидка, р|скидка в рублях|скидка, сумма|ск, руб",
    ),
    _column("line_note", "order_lines", "note", "Примечание к строке", "комментарий к строке|примечание строки"),
)


def _by_key(*columns: Column) -> Vocabulary:
    return MappingProxyType({column.key: column for column in columns})


KINDS: Mapping[str, Vocabulary] = MappingProxyType(
    {
        "order-lines": _by_key(*_DOCUMENT, *_LINE, *_CLIENT, _MANAGER, *_PRODUCT),
        "clients": _by_key(
            _column("client", "clients", "name", "Название", FIRM, required=True),
            _column("full_name", "clients", "full_name", headers="полное наименование|наименование полное"),
            *_CLIENT,
            _MANAGER,
            _column("code", "clients", "code", "Код клиента", "код|код контрагента|код покупателя"),
            _column("legal_form", "clients", "legal_form"),
            _column("potential", "clients", "potential"),
            _column("contact_post", "contacts", "post", "Должность", "должность контактного лица"),
            _column(
                "account", "bank_accounts", "account", "Расчётный счёт", "номер счета|р/с|р/счёт|расч счёт|счёт|номер расчётного счёта"
            ),
            _column("bic", "bank_accounts", "bic", headers="бик банка"),
            _column("bank", "bank_accounts", "bank", headers="наименование банка|название банка"),
            _column("note", "clients", "note", headers=_NOTES),
        ),
        "products": _by_key(
            _column("product", "products", "name", "Название", f"{GOODS}|name"),
            *_PRODUCT[:-1],
            _column("vat", "vat_rates", "name", "Ставка НДС", "ндс|% ндс|ндс %|ставка ндс, %|ставка"),
            _column("barcode", "products", "barcode", headers="штрих-код|ean|ean13|barcode"),
            _column("price", "products", "price", headers=PRICE),
            _column("product_kind", "products", "product_kind"),
            _column("archived", "products", "archived", headers="архивный|в архиве"),
            _column("note", "products", "note", headers=f"{_NOTES}|описание"),
        ),
    }
)
"""Kinds of import, by the word after `--as`; the user's own fields are known besides."""
GROUPS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {"Заказ": (*_DOCUMENT, _MANAGER), "Строка заказа": _LINE, "Клиент": _CLIENT, "Товар": _PRODUCT}
)
"""The columns of order lines by what they tell about: there are too many for one list."""


class Found(NamedTuple):
    """Which column of a file (from 0) stands for which key, and the places of those that bear one and the same known name."""

    places: dict[str, int]
    doubled: dict[str, list[int]]


def parse_mapping(known: Vocabulary, text: str) -> dict[str, str]:
    """«number=OrderID,price=Цена, руб.» to {column key: header}; a comma inside a header is no end of it."""
    parts = re.split(rf",\s*(?=(?:{'|'.join(map(re.escape, known))}|{CUSTOM}[^=]+)\s*=)", text.strip())
    mapping: dict[str, str] = {}
    for part in filter(None, parts):
        key, equals, header = part.partition("=")
        if key.strip() not in known:
            raise _unknown(known, key)
        if not equals:
            raise Refused(f"«{key.strip()}»: нужно поле=столбец, например {key.strip()}=Название")
        mapping[key.strip()] = header.strip().strip('"')
    return mapping


def _unknown(known: Vocabulary, key: str) -> Refused:
    return Refused(f"Столбец «{key.strip()}» неизвестен. Бывают: {', '.join(known)}")


def find_columns(known: Vocabulary, headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Which column of the file (from 0) stands for which key: as told, or, when nothing is told, by the headers themselves."""
    found = _told(known, headers, mapping) if mapping else _undoubled(known, headers)
    if lacking := missing(known, found):
        named = ", ".join(f"{column.key} («{column.label}»)" for column in lacking)
        raise Refused(f"Не указаны столбцы: {named}. В файле есть: {', '.join(filter(None, headers))}")
    return found


def missing(known: Vocabulary, keys: Collection[str]) -> list[Column]:
    """The columns without which a file cannot be loaded and that are not among the keys."""
    lacking = [column for column in known.values() if column.required and column.key not in keys]
    if "product" in known and not {"sku", "product"} & set(keys):
        lacking.append(known["product"])
    return lacking


def header_place(known: Vocabulary, rows: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> int:
    """Which of the first rows of a table holds the names of its columns: the one that names the most that we know, the first of equals."""
    wanted = {" ".join(header.split()).casefold() for header in mapping.values()}

    def named(row: Sequence[str]) -> int:
        names = {" ".join(cell.split()) for cell in row}
        return len(wanted & {name.casefold() for name in names}) if wanted else len(recognised(known, sorted(names)).places)

    return max(range(len(rows)), key=lambda place: (named(rows[place]), -place))


def _told(known: Vocabulary, headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    folded = [header.casefold() for header in headers]
    found: dict[str, int] = {}
    for key, header in mapping.items():
        if key not in known:  # or not any more
            raise _unknown(known, key)
        wanted = " ".join(header.split()).casefold()
        if wanted not in folded:
            raise Refused(f"В файле нет столбца «{header}». Есть: {', '.join(filter(None, headers))}")
        if folded.count(wanted) > 1:
            raise Refused(f"В файле несколько столбцов «{header}». Дайте им разные названия")
        found[key] = folded.index(wanted)
    return found


def _undoubled(known: Vocabulary, headers: Sequence[str]) -> dict[str, int]:
    found = recognised(known, headers)
    for places in found.doubled.values():
        raise Refused(f"В файле несколько столбцов «{headers[places[0]]}». Дайте им разные названия")
    return found.places


def recognised(known: Vocabulary, headers: Sequence[str]) -> Found:
    """Exactly named columns first («Скидка, ₽» is not «Скидка, %»), then loosely named ones; a column of the file is taken once."""
    found = Found({}, {})
    for names_of, known_by in ((_exact_names, str.casefold), (_loose_names, shown)):
        free: dict[str, list[int]] = {}
        for place, header in enumerate(headers):
            if header and place not in found.places.values():
                free.setdefault(known_by(header), []).append(place)
        for column in known.values():
            places = next((free.pop(name) for name in names_of(column) if name in free), None)
            if places is None or column.key in found.places or column.key in found.doubled:
                continue
            if len(places) > 1:
                found.doubled[column.key] = places
            else:
                found.places[column.key] = places[0]
    return found


def like_prices(headers: Sequence[str], taken: Collection[int]) -> list[int]:
    """The columns besides those that are taken of which one may be the price: «Цена розн.», «Цена опт.»."""
    return [place for place, header in enumerate(headers) if place not in taken and LIKE_A_PRICE & set(fold(header).split())]


def _exact_names(column: Column) -> tuple[str, ...]:
    return column.label.casefold(), column.key


def _loose_names(column: Column) -> tuple[str, ...]:
    return column.headers

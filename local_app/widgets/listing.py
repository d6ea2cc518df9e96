"""Rows of registers, choices of references and hits of the search, as the page asks for them: the JSON doors of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import orjson
from fastapi import APIRouter, HTTPException, Request

from local_app.asking import reading
from local_app.customs import defined, found_by
from local_app.session import Application
from local_app.widgets import query
from local_app.widgets.columns import NAMELESS, Column, Register, natural_order, register_of, shelf, widened
from local_app.widgets.fields import path_of
from local_app.widgets.query import Filters
from shared.change import Refused
from shared.entities import ENTITIES
from shared.entity import Entity, Field, Kind, Value
from shared.fold import cyrillic_number, fold, other_layout
from shared.formats import day, money, show
from shared.rules.custom import from_text
from shared.rules.documents import called
from shared.schema import alive_throughout, search_condition, title_sql
from shared.store import Store
from shared.store.log import AMONG

AS_IT_IS = frozenset({Kind.TEXT, Kind.PHONE, Kind.EMAIL, Kind.LINK, Kind.REFERENCE})
"""Kinds whose value is its own text; a page has thousands of cells."""
DASHED = frozenset({Kind.MONEY, Kind.PRICE})
"""Kinds whose zero is a dash."""
LONGEST_PAGE = 500
CHOICES = 30
OWN_ARGUMENTS = frozenset({"start", "end", "sort", "count", "segments", "columns"})
MANY_NOTE = "Найдено по клиентам и началу номера"
"""Said when the subjects were not looked through."""
NUMBERED = MappingProxyType({"orders": "Заказы", "documents": "Документы"})
SEARCHED = MappingProxyType({"clients": "Клиенты", **NUMBERED, "products": "Товары и услуги"})
HITS = 6


def doors(app: Application) -> APIRouter:
    """The addresses under /api; the guard stands before them as before every page. They answer in threads: no screen waits for them."""
    router = APIRouter(prefix="/api")

    @router.get("/rows/{name}")
    def rows(name: str, request: Request) -> dict[str, Any]:
        if name not in ENTITIES:
            raise HTTPException(404)
        with reading(app.folder) as store:
            return answered(store, widened(register_of(name), defined(store, name)), request.query_params)

    @router.get("/choices/{name}")
    def choices(name: str, request: Request) -> list[dict[str, str]]:
        if name not in ENTITIES:
            raise HTTPException(404)
        arguments = dict(request.query_params)
        with reading(app.folder) as store:
            return choices_of(store, ENTITIES[name], arguments.pop("q", ""), arguments)

    @router.get("/search")
    def search(q: str) -> list[dict[str, str]]:
        with reading(app.folder) as store:
            return hits(store, q)

    return router


def answered(store: Store, register: Register, arguments: Mapping[str, str]) -> dict[str, Any]:
    """One block of a register; or with «count» the totals of the whole filter, and of «segments» the rows of each value of that field."""
    register = shelf(register, deleted=bool(arguments.get("deleted")))
    filters = hinted(store, register, {name: value for name, value in arguments.items() if name not in OWN_ARGUMENTS})
    if not arguments.get("count"):
        return {"rows": page(store, register, filters, arguments)}
    segments = register.column(arguments.get("segments", ""))
    counts = store.rows(*query.counts(register, filters, segments.name)) if segments and segments.narrow else []
    return {**sums(store, register, filters), "segments": [list(row.values()) for row in counts]}


def page(store: Store, register: Register, filters: Filters, arguments: Mapping[str, str]) -> list[dict[str, Any]]:
    """Shown texts of the asked columns, from one row to another, in the asked order."""
    start, end = whole(arguments.get("start"), 0), whole(arguments.get("end"), 100)
    window = query.Window(start, max(0, min(end - start, LONGEST_PAGE)), arguments.get("sort", ""))
    columns = asked_columns(register, arguments.get("columns", ""))
    ids = [next(iter(row.values())) for row in store.rows(*query.page_ids(register, filters, window))]
    return shown(columns, store.rows(*query.page_rows(register, ids, columns)))


def asked_columns(register: Register, names: str) -> Sequence[Column]:
    """The named columns (a list with commas), or those that a register shows at first."""
    wanted = set(names.split(",")) if names else {column.name for column in register.columns if not column.hidden}
    return [column for column in register.columns if column.name in wanted] or register.columns


def hinted(store: Store, register: Register, filters: Filters) -> Filters:
    """The same filters, with a hint for the search when very many rows answer it."""
    if not filters.get("q") or register.narrow != "order_totals" or not store.one(*query.many_found(filters["q"])):
        return filters
    return {**filters, "many": "1"}


def sums(store: Store, register: Register, filters: Filters) -> dict[str, Any]:
    """The count and the shown sums over the whole filter."""
    found = store.rows(*query.totals(register, filters))[0]
    labels = {column.name: column.field.label for column in register.columns}
    totals = [[labels.get(name, name), money(found[name]), found[name] < 0] for name in register.totals]
    if found.get("overpaid"):
        totals.append(["Переплата", money(found["overpaid"]), False])
    return {"count": found["count"], "totals": totals, "note": MANY_NOTE if filters.get("many") else ""}


def shown(columns: Iterable[Column], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as texts, in their places; what is not a column (id, colours, the client's id) stays as it is."""
    for column in columns:
        name, text = column.name, wording(column)
        for row in rows:
            value = row[name]
            row[name] = "" if value is None else text(value) if text else value
    return rows


def wording(column: Column) -> Callable[[Any], str] | None:
    """How values of a column become texts, or nothing: they are; asked once a page, which has thousands of cells."""
    in_words = worded_as(column.field)
    if not column.custom or not in_words:
        return in_words

    def kept(text: str) -> str:
        """A text that does not fit its kind, which was changed since, is shown as it stands."""
        try:
            return in_words(from_text(column.field, text))
        except Refused:
            return text

    return kept


def worded_as(field: Field) -> Callable[[Value], str] | None:
    if field.kind in AS_IT_IS:
        return None
    if field.kind is Kind.NOTE:
        return lambda value: str(value).replace("\n", " ")
    if field.kind is Kind.FLAG:
        return lambda value: "да" if value else ""
    return partial(show, field, zero_as_dash=field.kind in DASHED)


def choices_of(store: Store, entity: Entity, text: str, narrowed: Mapping[str, str]) -> list[dict[str, str]]:
    """Rows a reference may point to, best first: every word found, those that begin so before the others, then in the natural order.

    Fields in `narrowed` must be equal. A text that names nothing may have been typed in the other layout. `retired` there asks for
    those too who are chosen no more: old rows name them, and are looked for by them.
    """
    return found_choices(store, entity, text, narrowed) or found_choices(store, entity, other_layout(text), narrowed)


def found_choices(store: Store, entity: Entity, text: str, narrowed: Mapping[str, str]) -> list[dict[str, str]]:
    where, params = alive_throughout(ENTITIES, entity), list[str]()
    for name, value in narrowed.items():
        if entity.field(name):
            where += f" AND t.{name} = ?"
            params.append(value)
    for retired in ("archived", "dismissed"):
        where += f" AND t.{retired} = 0" if entity.field(retired) and "retired" not in narrowed else ""
    title, note = title_sql(ENTITIES, entity, "t"), note_sql(entity)
    best = query.best_first(entity, title, text)
    order = natural_order(entity) if entity.order_by else "t.id"
    chosen = f"SELECT t.id, {title} AS title, {note} AS note FROM {entity.name} t WHERE {where}"
    found = [worded(entity, text) if text.strip() else ("1", ())]
    if entity.name == "orders" and text.strip():
        found = [(f"t.id {AMONG}", (orjson.dumps([row["id"] for row in of_number(store, text)]).decode(),)), *found]
    elif entity.name == "orders":
        found, order = [newest(narrowed)], "t.date DESC, t.id DESC"
    sql = f"{chosen} AND {{}} ORDER BY {best.text}{order} LIMIT {CHOICES}"
    rows = [row for condition, words in found for row in store.rows(sql.format(condition), (*params, *words, *best.params))]
    return [{"id": row["id"], **choice(store, entity, row, narrowed)} for row in list({row["id"]: row for row in rows}.values())[:CHOICES]]


def choice(store: Store, entity: Entity, row: Mapping[str, Any], narrowed: Mapping[str, str]) -> dict[str, str]:
    """The title and the note of one row to choose. An order is told as by the search everywhere; what all have in common is left out."""
    if entity.name == "orders":
        return hit(store, "orders", {**(store.row("orders", row["id"]) or row), **dict.fromkeys(narrowed)})
    return {"title": str(row["title"] or "без названия"), "note": str(row["note"] or "")}


def newest(narrowed: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The condition of the latest orders (alias t), of one client if it is narrowed so: by an index, there are too many to be sorted."""
    client = narrowed.get("client_id")
    of_client = "WHERE client_id = ? " if client else ""
    return f"t.id IN (SELECT order_id FROM order_totals {of_client}ORDER BY date DESC LIMIT {CHOICES})", (client,) if client else ()


def worded(entity: Entity, text: str) -> tuple[str, tuple[str, ...]]:
    """The condition that a row of this entity (alias t) holds the words."""
    if entity.searched:
        condition, params = search_condition(entity.name, text, "t")
        return f"({condition})", tuple(params)
    found = query.by_titles(register_of(entity.name), text.strip())
    return found.text, tuple(str(value) for value in found.params)


def note_sql(entity: Entity) -> str:
    """What tells two rows of one name apart."""
    notes = {"clients": "t.inn", "products": "t.sku", "contacts": "t.post", "employees": "t.post"}
    return notes.get(entity.name, "''")


def hits(store: Store, text: str) -> list[dict[str, str]]:
    """The search everywhere: some of each kind; when nothing is found, of what the same keys write in the other layout.

    «AA-1» in Latin names «АА-1» where it names no order and no paper itself.
    """
    found = found_hits(store, text) or found_hits(store, other_layout(text))
    if any(hit["group"] in NUMBERED.values() for hit in found):
        return found
    return [*found_hits(store, cyrillic_number(text), NUMBERED), *found]


def found_hits(store: Store, text: str, searched: Mapping[str, str] = SEARCHED) -> list[dict[str, str]]:
    if not text.strip():
        return []
    found = []
    for name, group in searched.items():
        rows = OWN_HITS[name](store, text) if name in OWN_HITS else rows_hit(store, ENTITIES[name], text)
        rows = list({row["id"]: row for row in (*rows, *custom_hit(store, name, text))}.values())[:HITS]
        found += [{"group": group, "href": path_of(name, row["id"]), **hit(store, name, row)} for row in rows]
    return found


def rows_hit(store: Store, entity: Entity, text: str) -> list[dict[str, Any]]:
    condition, params = search_condition(entity.name, text, "t")
    best = query.best_first(entity, "", text)
    sql = f"SELECT t.* FROM {entity.name} t WHERE t.deleted = 0 AND {condition} ORDER BY {best.text}t.search LIMIT {HITS}"
    return store.rows(sql, (*params, *best.params))


def custom_hit(store: Store, name: str, text: str) -> list[dict[str, Any]]:
    """Rows with the words in one of their custom fields, the newest first."""
    found = found_by(name, defined(store, name), text)
    if found is None:
        return []
    sql = f"SELECT t.* FROM {name} t WHERE t.deleted = 0 AND t.key IN ({found.text}) ORDER BY t.id DESC LIMIT {HITS}"
    return store.rows(sql, found.params)


def orders_hit(store: Store, text: str) -> list[dict[str, Any]]:
    """The order of this very number, and the newest of those that hold the words: among them № 12 is lost behind 120, 121 …"""
    condition, params = search_condition("orders", text, "t")
    sql = f"SELECT t.* FROM orders t WHERE t.deleted = 0 AND {condition} ORDER BY t.date DESC LIMIT {HITS}"
    summed = query.of_sum(text)
    of_sum = f"SELECT o.* FROM order_totals t JOIN orders o ON o.id = t.order_id WHERE t.key IN ({{}}) ORDER BY t.date DESC LIMIT {HITS}"
    with_sum = store.rows(of_sum.format(summed.text), summed.params) if summed.text else []
    rows = [*of_number(store, text), *with_sum, *store.rows(sql, params)]
    return list({row["id"]: row for row in rows}.values())[:HITS]


def documents_hit(store: Store, text: str) -> list[dict[str, Any]]:
    """Numbered papers of living orders, that of this very number first; the papers themselves are not read."""
    condition, params = search_condition("documents", text, "t")
    sql = (
        "SELECT t.id, t.order_id, t.document_type, t.number, t.date, t.state, t.client_id FROM documents t WHERE t.number <> '' AND "
        f"{alive_throughout(ENTITIES, ENTITIES['documents'])} AND {condition} ORDER BY t.search <> ?, t.date DESC LIMIT {HITS}"
    )
    return store.rows(sql, (*params, fold(text)))


OWN_HITS = {"orders": orders_hit, "documents": documents_hit}
"""Kinds that are found otherwise than by their words alone."""


def of_number(store: Store, text: str) -> list[dict[str, Any]]:
    """Living orders with this very number, the newest first; one that only begins so («А» of «А-1») is none of them."""
    begun = query.numbered(text)
    rows = store.rows(f"SELECT t.* FROM orders t WHERE t.deleted = 0 AND {begun.text} ORDER BY t.date DESC", begun.params)
    return [row for row in rows if fold(str(row["number"])) == fold(text)]


def hit(store: Store, name: str, row: Mapping[str, Any]) -> dict[str, str]:
    """The title and the note of one hit."""
    if name in ("orders", "documents"):
        client = store.one("SELECT name FROM clients WHERE id = ?", (row["client_id"],)) or ""
    if name == "documents":
        note = " · ".join(filter(None, [client, "аннулирован" if row["state"] == "cancelled" else ""]))
        return {"title": called(row), "note": note, **({"href": f"/orders/{row['order_id']}?section=documents"} if row["order_id"] else {})}
    if name == "orders":
        total = store.one("SELECT total FROM order_totals WHERE order_id = ?", (row["id"],))
        note = " · ".join(filter(None, [client, money(total) if total else ""]))
        return {"title": f"№ {row['number'] or 'без номера'}{' от ' + day(row['date']) if row['date'] else ''}", "note": note}
    if name == "products":
        price = Field("price", Kind.PRICE, "Цена")
        return {"title": row["name"], "note": " · ".join(filter(None, [row["sku"], show(price, row["price"])]))}
    return {"title": row["name"] or NAMELESS, "note": " · ".join(filter(None, [row["inn"] and f"ИНН {row['inn']}", row["city"]]))}


def whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdigit() else otherwise

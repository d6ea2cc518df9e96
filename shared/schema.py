"""What a store file looks like: the log's own tables; tables, guards, search and Russian views drawn from the entities. SQL text only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from types import MappingProxyType

from shared.entities import ENTITIES
from shared.entity import MICRO, Catalogue, Entity, Field, Kind, Value
from shared.fold import fold_all, needles, phones

FORMAT = 1
"""Of the log's own tables. Drawn tables have no version: they are redrawn when their SQL changes."""

APPLICATION_ID = 0x5A4B5A4B
"""Written in the header of every store file, so that a foreign file is told at once."""

LOG = f"""
PRAGMA application_id = {APPLICATION_ID};
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, hub INTEGER NOT NULL,
  gate INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0,
  device TEXT NOT NULL, prefix TEXT NOT NULL DEFAULT '', author TEXT NOT NULL DEFAULT '',
  n INTEGER NOT NULL DEFAULT 0, tip BLOB NOT NULL, branch INTEGER NOT NULL DEFAULT 0,
  place INTEGER NOT NULL DEFAULT 0, head BLOB NOT NULL, stamp INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0, drawn TEXT NOT NULL DEFAULT '');
CREATE TABLE log (
  seq INTEGER PRIMARY KEY, id BLOB NOT NULL, branch INTEGER NOT NULL, n INTEGER NOT NULL, act INTEGER NOT NULL,
  author TEXT NOT NULL, entity TEXT NOT NULL, row TEXT NOT NULL, patch TEXT NOT NULL,
  stamp INTEGER NOT NULL, read_to INTEGER NOT NULL, own_n INTEGER NOT NULL,
  also BLOB NOT NULL, refused TEXT NOT NULL);
CREATE INDEX log_row ON log (row);
CREATE UNIQUE INDEX log_branch ON log (branch, n);
CREATE TABLE branches (id INTEGER PRIMARY KEY, device TEXT NOT NULL, parent INTEGER NOT NULL, fork_n INTEGER NOT NULL);
CREATE TABLE ranges (first_seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, first_place INTEGER NOT NULL UNIQUE);
CREATE TABLE heads (place INTEGER PRIMARY KEY, head BLOB NOT NULL);
CREATE TABLE cuts (id INTEGER PRIMARY KEY, place INTEGER NOT NULL, gone BLOB NOT NULL);
CREATE TABLE conflicts (
  row TEXT NOT NULL, field TEXT NOT NULL, seq INTEGER NOT NULL, entity TEXT NOT NULL, winner INTEGER NOT NULL,
  PRIMARY KEY (row, field, seq)) WITHOUT ROWID;
CREATE TABLE deletions (row TEXT PRIMARY KEY, entity TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE acts (
  act INTEGER PRIMARY KEY, last INTEGER NOT NULL, batch INTEGER NOT NULL, words TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0);
CREATE INDEX acts_batch ON acts (batch);
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

# `key` is the order's own key: it makes the indexes half as wide as the order's id would, and half as dear to write.
# Two of them hold money, for the sums of the first screen and of the registers; the others are not written when only money changes.
TOTALS = """
CREATE TABLE order_totals (
  key INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, lines INTEGER NOT NULL,
  gross INTEGER NOT NULL, discount INTEGER NOT NULL, net INTEGER NOT NULL,
  vat INTEGER NOT NULL, total INTEGER NOT NULL, paid INTEGER NOT NULL, debt INTEGER NOT NULL,
  expenses INTEGER NOT NULL, margin INTEGER NOT NULL,
  date TEXT, number TEXT NOT NULL, status_id TEXT, client_id TEXT, organization_id TEXT, manager_id TEXT);
CREATE INDEX order_totals_date ON order_totals (date);
CREATE INDEX order_totals_status ON order_totals (status_id, date, total, paid, debt);
CREATE INDEX order_totals_client ON order_totals (client_id, date, debt);
CREATE INDEX order_totals_manager ON order_totals (manager_id, date);
"""

REFUSAL = "Таблицы рисуются из журнала изменений. Менять их можно только через программу."


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Value) -> str:
    """An SQL literal."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def table_sql(entity: Entity) -> Iterator[str]:
    """Table, indexes of the references, guards and search of one entity."""
    columns = [f"{field.name} {field.sql_type} DEFAULT {literal(field.blank)}" for field in entity.fields]
    search = ["search TEXT NOT NULL DEFAULT ''"] if entity.searched else []
    body = ", ".join(["key INTEGER PRIMARY KEY", "id TEXT NOT NULL UNIQUE", *columns, "deleted INTEGER NOT NULL DEFAULT 0", *search])
    yield f"CREATE TABLE {entity.name} ({body})"
    yield from guard_sql(entity.name)
    if search and entity.trigrams:
        yield from search_sql(entity.name)


def index_sql(entity: Entity) -> Iterator[str]:
    """Indexes of the references and of the natural order, made last when a store is redrawn."""
    for field in entity.fields:
        if field.owner:
            yield f"CREATE INDEX {entity.name}_{field.name} ON {entity.name} ({field.name})"
    if entity.covered:
        columns = ", ".join([entity.order_by, "id", "deleted", *entity.covered])
        yield f"CREATE INDEX {entity.name}_covered ON {entity.name} ({columns})"
    elif entity.searched and not entity.trigrams:
        yield f"CREATE INDEX {entity.name}_searched ON {entity.name} (search, id)"
    if entity.order_by and not entity.owners:
        yield f"CREATE INDEX {entity.name}_{entity.order_by} ON {entity.name} ({entity.order_by}, id)"
    if entity.numbered:
        within = ", ".join([*entity.numbered, "substr(date, 1, 4)", "length(number)", "number", "id"])
        yield f"CREATE INDEX {entity.name}_numbered ON {entity.name} ({within})"


def guard_sql(table: str) -> Iterator[str]:
    """Any writer but the store is refused; readers are free. A trigger after the write takes it back all the same, and costs half."""
    for verb in ("INSERT", "UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_guard_{verb.lower()} AFTER {verb} ON {table} WHEN (SELECT gate FROM state) = 0 "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def search_sql(table: str) -> Iterator[str]:
    """A trigram index over the folded column; FTS5 folds no Cyrillic «ё», we do."""
    index = f"{table}_search"
    gone = f"INSERT INTO {index} ({index}, rowid, search) SELECT 'delete', old.key, old.search WHERE old.search <> ''"
    added = f"INSERT INTO {index} (rowid, search) SELECT new.key, new.search WHERE new.search <> ''"
    yield f"CREATE VIRTUAL TABLE {index} USING fts5(search, content='{table}', content_rowid='key', tokenize='trigram', detail=full)"
    yield f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} WHEN new.search <> '' BEGIN {added}; END"
    yield (f"CREATE TRIGGER {index}_update AFTER UPDATE OF search ON {table} WHEN old.search <> new.search BEGIN {gone}; {added}; END")
    yield f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {gone}; END"


def alive(catalogue: Catalogue, entity: Entity, alias: str = "t", depth: int = 0) -> str:
    """The condition that a row is neither deleted nor hidden with its parent or its parent's parent."""
    conditions = [f"{alias}.deleted = 0"]
    parent = f"p{depth}"
    for field in entity.owners:
        if field.target in catalogue:
            living = alive(catalogue, catalogue[field.target], parent, depth + 1)
            conditions.append(
                f"NOT EXISTS (SELECT 1 FROM {field.target} {parent} WHERE {parent}.id = {alias}.{field.name} AND NOT ({living}))"
            )
    return " AND ".join(conditions)


def alive_throughout(catalogue: Catalogue, entity: Entity, alias: str = "t") -> str:
    """The same condition for who reads a whole table: the few parents that are gone are looked up once, not the parent of each row."""
    hidden = (
        f"ifnull({alias}.{field.name}, '') NOT IN ({gone_sql(catalogue, catalogue[field.target])})"
        for field in entity.owners
        if field.target in catalogue
    )
    return " AND ".join([f"{alias}.deleted = 0", *hidden])


def gone_sql(catalogue: Catalogue, entity: Entity) -> str:
    """The ids of rows that are deleted, found among those that were ever marked, or hidden with a parent."""
    marked = f"SELECT g.id FROM deletions d CROSS JOIN {entity.name} g ON g.id = d.row WHERE d.entity = '{entity.name}' AND g.deleted <> 0"
    hidden = (
        f"SELECT h.id FROM ({gone_sql(catalogue, catalogue[field.target])}) u CROSS JOIN {entity.name} h ON h.{field.name} = u.id"
        for field in entity.owners
        if field.target in catalogue
    )
    return " UNION ALL ".join([marked, *hidden])


WRITTEN = MappingProxyType({Kind.DATE: "%d.%m.%Y", Kind.MOMENT: "%d.%m.%Y %H:%M"})


def title_sql(catalogue: Catalogue, entity: Entity, alias: str) -> str:
    """The name of a row for people, from the entity's title fields: «АА-7 от 03.02.2026»."""
    parts = [_titled_sql(catalogue, field, f"{alias}.{name}") for name in entity.title if (field := entity.field(name))]
    if len(parts) == 1:
        return parts[0]
    between = ["", *(" от " if field.kind in WRITTEN else " " for name in entity.title[1:] if (field := entity.field(name)))]
    return "trim(" + " || ".join(f"coalesce({literal(word)} || {part}, '')" for word, part in zip(between, parts, strict=True)) + ")"


def called_sql(catalogue: Catalogue, entity: Entity, alias: str) -> str:
    """A row among strangers, with what it belongs to: «Строка заказа Кресло · Заказ АА-7 от 03.02.2026 · ООО «Вектор»»."""
    title = f"trim({literal(f'{entity.label} ')} || coalesce({title_sql(catalogue, entity, alias)}, ''))"
    return f"{title} || {belonging_sql(catalogue, entity, alias)}"


def belonging_sql(catalogue: Catalogue, entity: Entity, alias: str) -> str:
    """The end of it, « · Заказ АА-7 от 03.02.2026 · ООО «Вектор»»: the first owner that a row has; '' for a row that has none."""
    inner, found = f"{alias}_o", list[str]()
    for field in entity.fields:
        if field.target in catalogue and (field.owner or field.name == entity.whose):
            name = (called_sql if field.owner else title_sql)(catalogue, catalogue[field.target], inner)
            found.append(f"(SELECT ' · ' || {name} FROM {field.target} {inner} WHERE {inner}.id = {alias}.{field.name})")
    return f"coalesce({', '.join([*found, literal('')])}, '')"


def _titled_sql(catalogue: Catalogue, field: Field, column: str) -> str:
    """Nobody sorts by the days and sums in a name: they stand as people write them."""
    if field.kind in WRITTEN:
        return f"ifnull(strftime('{WRITTEN[field.kind]}', {column}), {column})"
    if field.kind is Kind.MONEY:
        return f"replace(printf('%.2f', {column} / 100.0), '.', ',')"
    return readable_sql(catalogue, field, column)


def readable_sql(catalogue: Catalogue, field: Field, column: str) -> str:
    """The value as a report shows it: roubles, plain decimals, names instead of ids, Russian words instead of keys."""
    if field.kind is Kind.MONEY:
        return f"{column} / 100.0"
    if field.kind in (Kind.PRICE, Kind.QUANTITY, Kind.PERCENT):
        return f"{column} / {MICRO}.0"
    if field.kind is Kind.CHOICE and field.choices:
        words = " ".join(f"WHEN {literal(key)} THEN {literal(label)}" for key, label in field.choices.items())
        return f"CASE {column} {words} ELSE {column} END"
    if field.kind is Kind.FLAG:
        return f"CASE {column} WHEN 1 THEN 'да' ELSE 'нет' END"
    if field.kind is Kind.REFERENCE and field.target in catalogue:
        target = catalogue[field.target]
        alias = f"r_{field.target}_{field.name}"
        return f"(SELECT {title_sql(catalogue, target, alias)} FROM {target.name} {alias} WHERE {alias}.id = {column})"
    return column


SECRET_KINDS = frozenset({Kind.DATA})
TOTAL_LABELS = {
    "gross": "Без скидки", "discount": "Скидка всего", "net": "Со скидкой", "vat": "Сумма НДС", "total": "Всего",
    "paid": "Оплачено", "debt": "Долг", "expenses": "Затраты", "margin": "Маржа",
}  # fmt: skip


def view_sql(catalogue: Catalogue, entity: Entity) -> str:
    """The Russian view of an entity, with the money of `order_totals` beside each order."""
    columns = ['t.id AS "Код"'] if entity.field("code") is None else []
    columns += [
        f"{readable_sql(catalogue, field, f't.{field.name}')} AS {quoted(field.label)}"
        for field in entity.fields
        if field.kind not in SECRET_KINDS
    ]
    source = f"{entity.name} t"
    if entity.name == "orders":
        columns += [f"s.{name} / 100.0 AS {quoted(label)}" for name, label in TOTAL_LABELS.items()]
        source += " JOIN order_totals s ON s.order_id = t.id"
    return f"CREATE VIEW {quoted(entity.plural)} AS SELECT {', '.join(columns)} FROM {source} WHERE {alive(catalogue, entity)}"


def drawing_sql(catalogue: Catalogue) -> list[str]:
    """Everything that is drawn from the log, but the indexes."""
    tables = [sql for entity in catalogue.values() for sql in table_sql(entity)]
    totals = [sql for sql in TOTALS.split(";\n") if sql.strip().startswith("CREATE TABLE")] if "orders" in catalogue else []
    guards = list(guard_sql("order_totals")) if totals else []
    return [*tables, *totals, *guards, *(view_sql(catalogue, entity) for entity in catalogue.values())]


def indexing_sql(catalogue: Catalogue) -> list[str]:
    """The indexes, made after the rows when a store is redrawn."""
    totals = [sql for sql in TOTALS.split(";\n") if sql.strip().startswith("CREATE INDEX")] if "orders" in catalogue else []
    return [*(sql for entity in catalogue.values() for sql in index_sql(entity)), *totals]


def digest(catalogue: Catalogue) -> str:
    """Names one drawing; a store that was drawn by another one is redrawn when it is opened."""
    if id(catalogue) not in _DIGESTS:
        text = "\n".join([*drawing_sql(catalogue), *indexing_sql(catalogue)])
        _DIGESTS[id(catalogue)] = (catalogue, blake2b(text.encode(), digest_size=8).hexdigest())
    return _DIGESTS[id(catalogue)][1]


_DIGESTS: dict[int, tuple[Catalogue, str]] = {}
"""By the catalogue itself, which is kept here so that no other gets its address: every sync opens a store, and this took half of that."""


SHORTEST_TRIGRAM = 3


def search_condition(table: str, text: str, alias: str = "") -> tuple[str, list[str]]:
    """A condition on an entity's table and its parameters: rows that hold every word of `text`, in any letter case."""
    prefix = f"{alias}." if alias else ""
    parts: list[str] = []
    params: list[str] = []
    for word in needles(text):
        if len(word) < SHORTEST_TRIGRAM or not ENTITIES[table].trigrams:
            parts.append(f"{prefix}search LIKE ? ESCAPE '\\'")
            params.append("%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
        else:
            parts.append(f"{prefix}key IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH ?)")
            params.append('"' + word.replace('"', '""') + '"')
    return (" AND ".join(parts) or "1", params)


def searched_texts(searched: Iterable[Field], columns: Iterable[Sequence[Value]]) -> list[str]:
    """What the folded column holds, row by row. `searched`: the searched fields of an entity; `columns`: the values of each of them."""
    words = [_searched_words(field, [str(value or "") for value in values]) for field, values in zip(searched, columns, strict=True)]
    return [" ".join([word for word in row if word is not None]) for row in zip(*words, strict=True)]


def _searched_words(field: Field, texts: list[str]) -> list[str | None]:
    """What one field of each row adds; None for nothing."""
    words = fold_all(texts)
    if field.kind is Kind.PHONE:
        words = [" ".join([word, *phones(text)]) for word, text in zip(words, texts, strict=True)]
    return [word if text else None for word, text in zip(words, texts, strict=True)]

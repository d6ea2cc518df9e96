"""The report «Расхождения»: what people wrote at once without having seen each other, in words. Its SQL is made from the entities. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from shared.entity import Catalogue, Entity, Field
from shared.reports import Report
from shared.schema import belonging_sql, literal, readable_sql, title_sql

TABLES = ("conflicts", "log")
"""What this report reads beside the drawn tables."""
DELETED = "deleted"
STANDS = "(c.winner OR (c.field = 'deleted' AND NOT ifnull(json_extract(l.patch, '$.deleted'), 0)))"
"""Against a deletion stands every write that keeps the row."""
SQL = """
SELECT
    CASE c.entity {labels} ELSE c.entity END AS "Что",
    CASE c.entity {titles} END AS "Запись",
    CASE c.entity || '.' || c.field {fields} ELSE c.field END AS "Поле",
    CASE c.entity || '.' || c.field {values} ELSE (SELECT value FROM json_each(l.patch) WHERE key = c.field) END AS "Значение",
    CASE {stands} WHEN 1 THEN 'да' ELSE 'нет' END AS "Показывается",
    COALESCE(a.name, 'неизвестно кто') AS "Кто",
    STRFTIME('%Y-%m-%dT%H:%M', (l.stamp >> 16) / 1000, 'unixepoch', 'localtime') AS "Когда"
FROM conflicts AS c
JOIN log AS l ON l.seq = c.seq
LEFT JOIN employees AS a ON a.id = l.author
ORDER BY c.entity, c.row, c.field, {stands} DESC, l.stamp DESC
"""


def disputes(catalogue: Catalogue) -> Report:
    """One row for each of the values that stand against each other."""
    fields = [(entity, field) for entity in catalogue.values() for field in entity.fields]
    sql = SQL.format(
        stands=STANDS,
        labels=whens((entity.name, literal(entity.label)) for entity in catalogue.values()),
        titles=whens((entity.name, title_of(catalogue, entity)) for entity in catalogue.values()),
        fields=whens(
            [(f"{entity.name}.{field.name}", literal(field.label)) for entity, field in fields] + deleted(catalogue, "'Удаление'")
        ),
        values=whens(
            [(f"{entity.name}.{field.name}", value_of(catalogue, field)) for entity, field in fields]
            + deleted(
                catalogue, "CASE json_extract(l.patch, '$.deleted') WHEN 1 THEN 'удалено' WHEN 0 THEN 'восстановлено' ELSE 'изменено' END"
            )
        ),
    )
    about = (
        "Что два человека записали одновременно, не видя друг друга. Решают расхождение на ноутбуке, в разделе «Синхронизация»: "
        "там выбирают одно из значений или пишут новое."
    )
    return Report("conflicts", "Расхождения", about, sql)


def whens(pairs: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"WHEN {literal(key)} THEN {sql}" for key, sql in pairs)


def title_of(catalogue: Catalogue, entity: Entity) -> str:
    """With what it belongs to: a line says of which order it is."""
    name = f"coalesce({title_sql(catalogue, entity, 'r')}, '') || {belonging_sql(catalogue, entity, 'r')}"
    return f"(SELECT {name} FROM {entity.name} AS r WHERE r.id = c.row)"


def value_of(catalogue: Catalogue, field: Field) -> str:
    return readable_sql(catalogue, field, f"json_extract(l.patch, '$.{field.name}')")


def deleted(catalogue: Catalogue, sql: str) -> list[tuple[str, str]]:
    return [(f"{name}.{DELETED}", sql) for name in catalogue]

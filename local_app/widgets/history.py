"""The history of a row, and of all that belongs to it: who changed what and when, from what to what, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from local_app.session import Session
from local_app.widgets.bound import SAVED_WHILE_TYPING
from local_app.widgets.tags import Tag, div, empty, span
from local_app.widgets.window import window
from local_app.widgets.witness import spoken
from shared.entity import Entity, Field, Kind, Value
from shared.formats import when
from shared.rules.custom import OWNERS, in_words
from shared.store import Store
from shared.store.reading import Moment

SHOWN = 200
"""Writes of a row, or acts upon an order; what is older is in the log."""
TYPING_MS = 60_000
"""A longer pause in a text ends the typing, as the history tells it."""


class Deed(NamedTuple):
    """What one act did to one row."""

    entity: Entity
    row: str
    moments: tuple[Moment, ...]
    first: bool  # the row was made by it

    @property
    def at_ms(self) -> int:
        return self.moments[0].at_ms


def draw_row(session: Session, entity: Entity, row: str) -> None:
    """Every write of one row, and of what its custom fields hold."""
    own = [Deed(entity, row, (moment,), first=False) for deed in of_row(session.store, entity, row) for moment in deed.moments]
    customs = list(of_customs(session.store, entity, row))
    _draw(session, (sorted([*own, *customs], key=lambda deed: deed.at_ms) if customs else own)[::-1][:SHOWN], "")


def open_family(session: Session, entity: Entity, row: str, title: str) -> None:
    """A window with everything that happened to a row and to what belongs to it."""
    with window(session, title, style="width:960px") as dialog:
        Tag("h1", "", title)
        _draw(session, sorted(deeds(session.store, entity, row), key=lambda deed: deed.at_ms)[::-1][:SHOWN], row)
    dialog.on("hide", dialog.delete, args=[])


def deeds(store: Store, entity: Entity, row: str) -> Iterator[Deed]:
    """Act by act: of the row, of its children and of theirs, deleted ones too."""
    yield from of_row(store, entity, row)
    for child, owner in store.catalogue.children(entity.name):
        for found in store.rows(f"SELECT id FROM {child.name} WHERE {owner.name} = ? ORDER BY id", (row,)):
            yield from deeds(store, child, found["id"])


def of_row(store: Store, entity: Entity, row: str) -> list[Deed]:
    """Act by act, of the row alone; the halves of one typing, saved at its pauses, are one."""
    found: list[Deed] = []
    for _, some in groupby(store.history(entity.name, row), key=lambda moment: (moment.device, moment.act)):
        moments = tuple(some)
        if found and (whole := typed_on(entity, found[-1].moments, moments)):
            found[-1] = found[-1]._replace(moments=whole)
        else:
            found.append(Deed(entity, row, moments, first=not found))
    return found


def of_customs(store: Store, entity: Entity, row: str) -> Iterator[Deed]:
    """What the custom fields of a row held, each as a field of it: one that an undo has emptied is empty, and no deleted record."""
    values = store.catalogue["custom_values"]
    kept = store.rows(f"SELECT id FROM custom_values WHERE {OWNERS[entity.name]} = ? ORDER BY id", (row,)) if entity.name in OWNERS else []
    for found in kept:
        stood: dict[str, Value] = {"value": "", "deleted": 0}
        told: Value = ""
        for moment in (moment for deed in of_row(store, values, found["id"]) for moment in deed.moments if moment.field in stood):
            after = {**stood, moment.field: moment.after}
            shown = "" if after["deleted"] else after["value"]
            if shown != told:
                yield Deed(values, found["id"], (moment._replace(field="value", before=told, after=shown),), first=False)
            if not moment.refused:
                stood, told = after, shown


def typed_on(entity: Entity, before: Sequence[Moment], after: Sequence[Moment]) -> tuple[Moment, ...]:
    """Both acts as one, where the second only goes on with a text of the first; else nothing."""
    last, field = after[0], entity.field(after[0].field)
    former = next((moment for moment in before if moment.field == last.field), None)
    if len(after) > 1 or former is None or field is None or field.kind not in SAVED_WHILE_TYPING:
        return ()
    alike = (former.device, former.author, former.refused) == (last.device, last.author, last.refused)
    if not alike or last.at_ms - former.at_ms > TYPING_MS or last.after == former.before:  # the last: it was taken back
        return ()
    return tuple(last._replace(before=former.before) if moment is former else moment for moment in before)


def _draw(session: Session, shown: Sequence[Deed], owner: str) -> None:
    if not shown:
        empty("Здесь будет видно, кто, когда и что изменил.")
        return
    people = {row["id"]: row["name"] for row in session.store.rows("SELECT id, name FROM employees")}
    with div("panel"), div("moments"):
        for deed in shown:
            with div("moment"):
                span("secondary numbers", spoken_time(deed.at_ms, session.app.clock()))
                span("cut", people.get(deed.moments[0].author, "Без имени"))
                with div(""):
                    _deed(session.store, deed, owner)


def _deed(store: Store, deed: Deed, owner: str) -> None:
    """`owner`: the row whose window it is; what belongs to it is named."""
    if owner and deed.row != owner:
        span("", f"{deed.entity.label}{f' «{name}»' if (name := title_of(store, deed.entity, deed.row)) else ''}: ")
    if deed.first:
        span("secondary", "добавлено. " if deed.row != owner else "Создание. ")
        span("", ", ".join(_facts(store, deed)))
        _refusal(deed.moments[0].refused)
        return
    for moment in deed.moments:
        field = deed.entity.field(moment.field)
        if len(deed.moments) == 1 or field is None or field.kind is not Kind.DATA:
            with div(""):
                _moment(store, deed, moment, "" if owner else str(_custom(store, deed.entity, deed.row).get("name", "")))


def _facts(store: Store, deed: Deed) -> Iterator[str]:
    """What a new row began with, «Цена: 1 198,00»; not to whom it belongs and where it stands."""
    for moment in deed.moments:
        field = deed.entity.field(moment.field)
        if field and field.kind is not Kind.DATA and not field.owner and not stands(field.name) and moment.after not in (None, "", 0):
            yield f"{field.label}: {_words(store, deed.entity, deed.row, field, moment.after)}"


def _words(store: Store, entity: Entity, row: str, field: Field | None, value: Value) -> str:
    """What a custom field holds lies as a plain text: it is told as its own kind."""
    if field is not None and entity.name == "custom_values" and field.name == "value":
        custom = _custom(store, entity, row)
        return in_words(custom, str(value or "")) if custom else str(value or "")
    return spoken(store, field, value)


def _custom(store: Store, entity: Entity, row: str) -> dict[str, Any]:
    """The custom field whose value a row is; nothing of other rows."""
    sql = "SELECT f.* FROM custom_values v JOIN custom_fields f ON f.id = v.field_id WHERE v.id = ?"
    return next(iter(store.rows(sql, (row,))), {}) if entity.name == "custom_values" else {}


def _moment(store: Store, deed: Deed, moment: Moment, label: str) -> None:
    """`label`: how its field is called, where that is not declared."""
    name, before, after, entity = moment.field, moment.before, moment.after, deed.entity
    if name == "deleted":
        span("danger" if after else "good", "Запись удалена" if after else "Запись восстановлена" if before else "Запись оставлена")
        return
    if stands(name) and entity.owners:
        span("secondary", "переставлена")
        return
    field = entity.field(name)
    span("secondary", f"{label or (field.label if field else name)}: ")
    if before not in (None, "") and before != after:
        Tag("del", "", _words(store, entity, deed.row, field, before))
        span("secondary", " → ")
    span("", _words(store, entity, deed.row, field, after) or "пусто")
    _refusal(moment.refused)


def _refusal(why: str) -> None:
    if why:
        div("danger", f"Не принято сервером: {why}")


def stands(name: str) -> bool:
    """The place of a line among others is a text that says nothing to people."""
    return name == "position"


def title_of(store: Store, entity: Entity, row: str) -> str:
    """A row by its own words, as a card is headed."""
    return titled(store, entity, store.row(entity.name, row) or {})


def titled(store: Store, entity: Entity, row: dict[str, Value]) -> str:
    own = str(row.get("id") or "")
    words = [_words(store, entity, own, field, row[name]) for name in entity.title if name in row and (field := entity.field(name))]
    return " ".join(word for word in words if word)


def spoken_time(at_ms: int, now: datetime) -> str:
    """«сегодня, 14:05» from milliseconds since 1970."""
    return when(datetime.fromtimestamp(at_ms / 1000).strftime("%Y-%m-%dT%H:%M"), now)  # noqa: DTZ006 - the local time of the user

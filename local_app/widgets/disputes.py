"""Disagreements: both values side by side with author and time; take one, take the other, or write a third."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from nicegui import ui

from local_app.session import Session
from local_app.widgets.card import spoken_time
from local_app.widgets.fields import as_typed, name_of, path_of
from local_app.widgets.tags import Tag, button, div, empty, link, span
from shared.change import Edit, Refused
from shared.entity import NUMERIC, Entity, Field, Kind, Value
from shared.rules.textmerge import merge_texts
from shared.store import Conflict, Rival
from shared.values import parse

DELETED = Field("deleted", Kind.FLAG, "Удалён")
WRITTEN = NUMERIC | frozenset({Kind.TEXT, Kind.NOTE, Kind.PHONE, Kind.EMAIL, Kind.LINK})
"""Kinds for which a third value can be typed here; the others are chosen in the row itself."""


class Dispute(NamedTuple):
    """A disagreement as it is shown: the row's name, and the words and the author of each of its values."""

    conflict: Conflict
    entity: Entity
    name: str
    sides: list[tuple[str, str]]

    @property
    def field(self) -> Field | None:
        return DELETED if self.conflict.field == "deleted" else self.entity.field(self.conflict.field)


def disputes(session: Session) -> list[Dispute]:
    """What two people have changed without seeing each other."""
    known = session.store.catalogue
    return [shown(session, known[conflict.entity], conflict) for conflict in session.store.conflicts() if conflict.entity in known]


def shown(session: Session, entity: Entity, conflict: Conflict) -> Dispute:
    field = DELETED if conflict.field == "deleted" else entity.field(conflict.field)
    sides = [(told(session, entity, field, rival), whose(session, rival)) for rival in conflict.values]
    return Dispute(conflict, entity, name_of(session.store, entity.name, conflict.row), sides)


def draw_conflicts(session: Session, found: list[Dispute]) -> None:
    """The chosen value is written anew, and both laptops agree."""
    with div("title"):
        span("grow", "Расхождения")
        if found:
            span("badge", str(len(found)))
    if not found:
        empty("Расхождений нет. Они появляются, когда двое изменили одно и то же поле, не видя правки друг друга.")
        return
    with div("body stack"):
        for dispute in found:
            draw_conflict(session, dispute)


def draw_conflict(session: Session, dispute: Dispute) -> None:
    conflict, field = dispute.conflict, dispute.field
    with div("conflict"):
        with div("head"):
            link(f"{dispute.entity.label} {dispute.name}", path_of(conflict.entity, conflict.row))
            span("secondary", field.label if field else conflict.field)
        for rival, (words, who) in zip(conflict.values, dispute.sides, strict=True):
            with div("head"):
                span("grow cut", words)
                span("caption", who)
                span("caption", "сейчас действует" if rival.winner else "")
                button("Оставить это" if rival.winner else "Взять это", partial(settle, session, conflict, rival))
        if field and field.kind in WRITTEN:
            draw_third(session, conflict, field)


def draw_third(session: Session, conflict: Conflict, field: Field) -> None:
    """A third value; for a long text the lines of both sides are put together as a proposal."""
    with div("head"):
        kind = ui.textarea if field.kind is Kind.NOTE else ui.input
        box = kind(value=proposal(session, conflict, field)).props("dense outlined autogrow").classes("grow")
        box.props(f"aria-label='{field.label}: своё значение' placeholder='Своё значение'")
        button("Записать своё", lambda: settle_typed(session, conflict, field, str(box.value or ""), problem))
    problem = div("body danger", "", role="alert")


def proposal(session: Session, conflict: Conflict, field: Field) -> str:
    if field.kind is not Kind.NOTE:
        return ""
    base = str(session.store.conflict_base(conflict.row, conflict.field) or "")
    texts = [str(rival.value or "") for rival in conflict.values]
    merged = texts[0]
    for text in texts[1:]:
        merged = merge_texts(base, merged, text).text
    return merged


def settle_typed(session: Session, conflict: Conflict, field: Field, text: str, problem: Tag) -> None:
    """What is wrong with the typed value is said under it; the text stays."""
    try:
        value = parse(field, text, session.app.clock().date())
    except Refused as refused:
        problem.set_text(str(refused))
        return
    write(session, conflict, value)


def told(session: Session, entity: Entity, field: Field | None, rival: Rival) -> str:
    """The value in words; in a disagreement about deletion the other side is an edit of some other field."""
    if field is DELETED:
        other = entity.field(rival.field)
        return (
            "Удалить"
            if rival.field == "deleted" and rival.value
            else f"Не удалять: изменено поле «{other.label}»"
            if other
            else "Не удалять"
        )
    return spoken(session, field, rival.value) or "пусто"


def spoken(session: Session, field: Field | None, value: Value) -> str:
    if field is None:
        return str(value)
    if field.kind is Kind.REFERENCE:
        return name_of(session.store, field.target, value)
    return (field.choices or {}).get(str(value), "") if field.kind is Kind.CHOICE else as_typed(field, value)


def whose(session: Session, rival: Rival) -> str:
    person = session.store.one("SELECT name FROM employees WHERE id = ?", (rival.author,)) or "Без имени"
    return f"{person}, {spoken_time(rival.at_ms, session.app.clock())}"


def settle(session: Session, conflict: Conflict, rival: Rival) -> None:
    """Written by someone who sees both, so the disagreement ends on every laptop; equal values are written too."""
    value: Value = (1 if rival.field == "deleted" and rival.value else 0) if conflict.field == "deleted" else rival.value
    write(session, conflict, value)


def write(session: Session, conflict: Conflict, value: Value) -> None:
    if session.do([Edit(conflict.entity, conflict.row, {conflict.field: value})], "Расхождение: выбрано значение"):
        session.say("Расхождение снято", True)

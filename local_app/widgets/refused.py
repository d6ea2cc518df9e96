"""«Не принято сервером»: what the hub refused of this laptop's work, with its reason; corrected, sent again, saved to a file, or let go."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Hashable
from functools import partial
from typing import NamedTuple

from nicegui import ui

from local_app.desk import Desk
from local_app.exports.files import csv_text
from local_app.resending import changes, chosen, let_go, send_again, take_up
from local_app.session import Session
from local_app.widgets.correcting import Correction, correctable
from local_app.widgets.fields import name_of
from local_app.widgets.history import spoken_time
from local_app.widgets.longwork import Stopped, Work, at_a_desk
from local_app.widgets.tags import Pieces, Tag, button, div, span
from shared.change import Edit, Refused
from shared.entity import Field, Kind, Value
from shared.formats import show, whole
from shared.store.refusals import Refusal, count, refusals

MOST = 200
"""Refused changes that are read for the list: an import of a reader may be refused as a whole."""
SHOWN_VALUES = 12
DELETED = Field("deleted", Kind.FLAG, "Удалено")


class Shown(NamedTuple):
    """A refused act as it is told."""

    act: tuple[int, int]
    rows: str
    when: str
    reason: str
    values: str
    correctable: bool


class RefusedList:
    """What was refused, act by act, while there is any. What is told already stays as it is while more of it comes."""

    def __init__(self, session: Session) -> None:
        self.session, self.total = session, 0
        with div("panel") as self.panel:
            with div("title"):
                span("grow", "Не принято сервером")
                button("Выгрузить", partial(save, session), kind="flat", icon="o_download", tip="Сохранить всё непринятое в таблицу")
                self.for_all = [
                    button("Отправить всё снова", partial(again, session, None), kind="flat"),
                    button("Убрать всё", partial(drop, session, None), kind="flat"),
                ]
                self.badge = span("badge")
            with div("body stack"):
                div("caption", "Сервер не взял эти изменения, и в списках их нет. Когда причина устранена, отправьте их снова.")
                self.list = Pieces("stack", self._read, partial(draw_one, session))
        self.refresh()

    def _read(self) -> dict[Hashable, Shown]:
        return {refusal.act: told(self.session, refusal) for refusal in refusals(self.session.store, MOST)} if self.total else {}

    def refresh(self) -> None:
        self.total = count(self.session.store)
        self.list.refresh()
        self.badge.set_text(whole(self.total))
        self.panel.set_visibility(bool(self.total))
        for each in self.for_all:
            each.set_visibility(len(self.list.drawn) > 1)


def told(session: Session, refusal: Refusal) -> Shown:
    said = [f"{label}: {value}" for edit in refusal.edits for label, value in values_of(session, edit) if value]
    more = [f"и ещё {whole(len(said) - SHOWN_VALUES)}"] if len(said) > SHOWN_VALUES else []
    rows = ", ".join(dict.fromkeys(called(session, edit) for edit in refusal.edits[:3]))
    when = spoken_time(refusal.at_ms, session.app.clock())
    return Shown(refusal.act, rows, when, refusal.reason, " · ".join([*said[:SHOWN_VALUES], *more]), correctable(session, refusal.edits))


def draw_one(session: Session, shown: Shown) -> Tag:
    with div("conflict") as made:
        with div("head"):
            span("grow cut", shown.rows)
            span("caption numbers", shown.when)
            if shown.correctable:
                button("Исправить", partial(correct, session, shown.act), kind="flat", tip="Поправить значения и отправить")
            button("Отправить снова", partial(again, session, shown.act))
            button("Убрать", partial(drop, session, shown.act), kind="flat", tip="Больше не показывать: работа не нужна")
        span("danger", shown.reason)
        div("secondary", shown.values)
    return made


def called(session: Session, edit: Edit) -> str:
    """«Клиент ООО «Ромашка»»: by the refused value when the row itself is not there; with what it belongs to."""
    entity = session.store.catalogue.get(edit.entity)
    if entity is None:
        return edit.entity
    fields = [field for name in entity.title if (field := entity.field(name)) and isinstance(edit.patch.get(name), str)]
    named = " ".join(show(field, edit.patch[field.name]) for field in fields if field.kind is not Kind.REFERENCE)
    if not named:
        return session.store.called(entity.name, edit.row)
    owner = session.store.owner(entity.name, {**(session.store.row(entity.name, edit.row) or {}), **edit.patch})
    return " · ".join([f"{entity.label} {named}", *([session.store.called(*owner)] if owner else [])])


def values_of(session: Session, edit: Edit) -> list[tuple[str, str]]:
    """Label and text of every value that was refused."""
    entity = session.store.catalogue.get(edit.entity)
    found = []
    for name, value in edit.patch.items():
        field = (entity.field(name) if entity else None) or (DELETED if name == "deleted" else None)
        found.append((field.label if field else name, text_of(session, field, value)))
    return found


def text_of(session: Session, field: Field | None, value: Value) -> str:
    if field is None:
        return str(value)
    return name_of(session.store, field.target, str(value)) if field.kind is Kind.REFERENCE and value else show(field, value)


# ---------------------------------------------------------------------- acts
async def again(session: Session, act: tuple[int, int] | None) -> None:
    if sent := await done(session, "Отправляется снова", lambda desk: send_again(desk, chosen(desk, act))):
        session.say(f"Записано снова: {whole(sent)}. Уйдёт при ближайшем обмене", True)


def correct(session: Session, act: tuple[int, int]) -> None:
    refusal = next((refusal for refusal in refusals(session.store) if refusal.act == act), None)
    if refusal is None:
        return

    async def send(edits: list[Edit]) -> int:
        def job(desk: Desk) -> int:
            return send_again(desk, [found._replace(edits=edits) for found in chosen(desk, act)])

        sent = await done(session, "Отправляется исправленное", job)
        if sent:
            session.say(f"Исправлено и записано: {whole(sent)}. Уйдёт при ближайшем обмене", True)
        return sent

    Correction(session, refusal.edits, [called(session, edit) for edit in refusal.edits], refusal.reason, send)


async def drop(session: Session, act: tuple[int, int] | None) -> None:
    """A click into a list is made by mistake, too: the notice lists them again."""
    gone = dict[str, str]()

    def job(desk: Desk) -> int:
        dropped = chosen(desk, act)
        gone.update(let_go(desk, dropped))
        return changes(dropped)

    async def back() -> None:
        await done(session, "Возвращается", lambda desk: take_up(desk, gone))

    if dropped := await done(session, "Убирается", job):
        session.say(f"Убрано из списка: {whole(dropped)}", resume=back, resumes="Вернуть")


async def done(session: Session, words: str, job: Callable[[Desk], int]) -> int:
    """How many changes the job has dealt with; 0 when it was refused, which is said."""
    try:
        return await at_a_desk(session, Work(words, ending=True), lambda desk, _: job(desk))
    except (Refused, Stopped) as refused:
        session.say(str(refused) or "Не получилось")
        return 0


def save(session: Session) -> None:
    """A table that Excel opens: a line for each value."""
    made = io.StringIO()
    lines = csv.writer(made, delimiter=";")
    lines.writerow(("Когда", "Запись", "Поле", "Значение", "Причина"))
    for refusal in refusals(session.store):
        when = spoken_time(refusal.at_ms, session.app.clock())
        for edit in refusal.edits:
            for label, value in values_of(session, edit):
                lines.writerow(map(csv_text, (when, called(session, edit), label, value, refusal.reason)))
    ui.download.content(made.getvalue().encode("utf-8-sig"), "Не принято сервером.csv")

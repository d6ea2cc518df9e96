"""Disagreements: both values side by side with author and time; take one, take the other, or write a third."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from nicegui import ui

from local_app.desk import Desk
from local_app.session import Session
from local_app.widgets.fields import home_of
from local_app.widgets.history import spoken_time
from local_app.widgets.longwork import Stopped, Work, at_a_desk
from local_app.widgets.tags import Pieces, button, div, empty, link, span
from local_app.widgets.witness import Side, chosen, sides, wording
from shared.change import Edit, Refused, View
from shared.entity import NUMERIC, Entity, Field, Kind, Value
from shared.formats import whole
from shared.rules.orders import HALVES, both_halves
from shared.rules.textmerge import merge_texts
from shared.store import Conflict, Rival, Store
from shared.values import parse

DELETED = Field("deleted", Kind.FLAG, "Удалён")
Key = tuple[str, str]
"""Row and field."""
MOST = 30
"""Disagreements that are drawn: after an import on two laptops there may be thousands."""
WRITTEN = NUMERIC | frozenset({Kind.TEXT, Kind.NOTE, Kind.PHONE, Kind.EMAIL, Kind.LINK})
"""Kinds for which a third value can be typed here; the others are chosen in the row itself."""


class Choice(NamedTuple):
    """One side of a disagreement: its words, who says so, what is written when it is taken, and whether it stands there now."""

    words: str
    who: str
    patch: dict[str, Value]
    stands: bool


class Dispute(NamedTuple):
    """A disagreement as it is shown: what the row is called, where it is worked with, and what there is to choose from."""

    conflict: Conflict
    entity: Entity
    name: str
    address: str
    sides: list[Choice]

    @property
    def field(self) -> Field | None:
        return DELETED if self.conflict.field == "deleted" else self.entity.field(self.conflict.field)


def disputes(session: Session) -> tuple[list[Dispute], int]:
    """What two people have changed without seeing each other: the first of it, and how much there is."""
    store = session.store
    first = [shown(session, store.catalogue[conflict.entity], conflict) for conflict in store.conflicts(most=MOST)]
    return first, store.count_conflicts()


def offers(session: Session) -> dict[Hashable, tuple[str | None, str]]:
    """One choice for all of them: what stands there now, or what one of the authors wrote; the author and the words."""
    authors = session.store.conflict_authors() if session.store.count_conflicts() > 1 else {}
    found: dict[Hashable, tuple[str | None, str]] = {None: (None, "Оставить везде то, что сейчас действует")}
    for author, count in authors.items():
        found[author] = author, f"Взять значения: {author_name(session, author)} ({whole(count)})"
    return found


def draw_offer(session: Session, offer: tuple[str | None, str]) -> ui.menu_item:
    author, words = offer
    return ui.menu_item(words, on_click=partial(settle_all, session, author)).props("role=menuitem")


def shown(session: Session, entity: Entity, conflict: Conflict) -> Dispute:
    store, row = session.store, conflict.row
    beside = store.conflicts(row) if conflict.field in HALVES else [conflict]
    found = []
    for side in sides(store, beside, conflict):
        who = "; ".join(whose(session, rival) for rival in side.rivals)
        found.append(Choice(told(store, entity, beside, conflict, side), who, side.patch, side.stands))
    return Dispute(conflict, entity, store.called(entity.name, row), home_of(store, entity.name, row), found)


class DisputeList:
    """The chosen value is written anew, and both laptops agree. What has not changed stays as it is: somebody may be typing there."""

    def __init__(self, session: Session) -> None:
        self.session = session
        with div("panel"):
            self._head()
            self.list = div("body stack")
            self.more = div("body caption")
        self.drawn: dict[Key, DisputeBox] = {}
        self.refresh()

    def refresh(self) -> None:
        if self.list.is_deleted:
            return
        found, total = disputes(self.session)
        wanted = {(each.conflict.row, each.conflict.field): each for each in found}
        for key in self.drawn.keys() - wanted.keys():
            self.drawn.pop(key).holder.delete()
        for place, (key, dispute) in enumerate(wanted.items()):
            if key in self.drawn:
                self.drawn[key].refresh(dispute)
                continue
            with self.list:
                self.drawn[key] = DisputeBox(self.session, dispute)
            self.drawn[key].holder.move(target_index=place)
        self.offers.refresh()
        self.at_once.set_visibility(total > 1)
        self.badge.set_text(whole(total))
        self.badge.set_visibility(total > 0)
        self.nothing.set_visibility(not total)
        self.list.set_visibility(bool(found))
        self.more.set_visibility(total > len(found))
        self.more.set_text(
            f"Показаны первые {len(found)} из {whole(total)}. Остальные появятся, когда решите эти" if total > len(found) else ""
        )

    def _head(self) -> None:
        """The menu of one choice for all stays open while more of them come."""
        with div("title"):
            span("grow", "Расхождения")
            with button("Решить все сразу", lambda: None, kind="flat", icon="expand_more", aria_haspopup="menu") as self.at_once, ui.menu():
                self.offers = Pieces("", partial(offers, self.session), partial(draw_offer, self.session))
            self.badge = span("badge")
        self.nothing = empty("Расхождений нет. Они появляются, когда двое изменили одно и то же поле, не видя правки друг друга.")


class DisputeBox:
    """One disagreement. When it grows its values are drawn anew, but not the field for a third one: letters may be on their way."""

    def __init__(self, session: Session, dispute: Dispute) -> None:
        self.session, self.dispute = session, dispute
        field = dispute.field
        with div("conflict") as self.holder:
            self.sides = div("sides")
            self._draw_sides()
            self.third = ThirdValue(session, dispute.conflict, field) if field and field.kind in WRITTEN else None

    def refresh(self, dispute: Dispute) -> None:
        if dispute == self.dispute:
            return
        self.dispute = dispute
        self.sides.clear()
        self._draw_sides()
        if self.third:
            self.third.propose(dispute.conflict)

    def _draw_sides(self) -> None:
        dispute, conflict, field = self.dispute, self.dispute.conflict, self.dispute.field
        with self.sides:
            with div("head"):
                link(dispute.name, dispute.address)
                span("secondary", field.label if field else conflict.field)
            for words, who, patch, stands in dispute.sides:
                with div("head"):
                    span("grow cut", words)
                    span("caption cut who", who, title=who)
                    span("caption", "сейчас действует" if stands else "")
                    button("Оставить это" if stands else "Взять это", partial(write, self.session, conflict, patch))


class ThirdValue:
    """A value of one's own; for a long text the lines of both sides are put together as a proposal."""

    def __init__(self, session: Session, conflict: Conflict, field: Field) -> None:
        self.session, self.conflict, self.field = session, conflict, field
        self.proposed = proposal(session, conflict, field)
        with div("head"):
            kind = ui.textarea if field.kind is Kind.NOTE else ui.input
            self.box = kind(value=self.proposed).props("dense outlined autogrow").classes("grow")
            self.box.props(f"aria-label='{field.label}: своё значение' placeholder='Своё значение'")
            button("Записать своё", self.write)
        self.problem = div("body danger", "", role="alert")

    def propose(self, conflict: Conflict) -> None:
        """What is proposed now, unless somebody has typed there."""
        before, self.proposed = self.proposed, proposal(self.session, conflict, self.field)
        if self.box.value == before != self.proposed:
            self.box.set_value(self.proposed)

    def write(self) -> None:
        """What is wrong with the typed value is said under it; the text stays."""
        try:
            value = parse(self.field, str(self.box.value or ""), self.session.app.clock().date())
        except Refused as refused:
            self.problem.set_text(str(refused))
            return
        write(self.session, self.conflict, both_halves({self.conflict.field: value}, {}))


async def settle_all(session: Session, author: str | None) -> None:
    """Writes the value of `author` into every field that has one, or else everywhere the one that stands there."""
    try:
        count = await at_a_desk(session, Work("Расхождения"), partial(settled_at, author=author, view=session.seen))
    except (Refused, Stopped) as ended:
        session.say(str(ended) or "Остановлено, ничего не изменено")
        return
    session.say(f"Снято расхождений: {whole(count)}", author is not None)  # what stood there stays: nothing to undo


def settled_at(desk: Desk, work: Work, *, author: str | None, view: View | None = None) -> int:
    """How many were settled; what came after `view` was taken stays one."""
    acts, count = list[list[Edit]](), 0
    for _, of_row in groupby(desk.store.conflicts(), key=attrgetter("row")):
        conflicts, patch = list(of_row), dict[str, Value]()
        for each in conflicts:
            if rival := chosen_of(each, author):
                patch = chosen(desk.store, conflicts, each, rival) | patch
                count += 1
        acts += [[Edit(conflicts[0].entity, conflicts[0].row, patch)]] if patch else []
    work.tell(work.words, 0, 0)
    desk.do_many(acts, "Расхождения решены", view=view)
    return count


def chosen_of(conflict: Conflict, author: str | None) -> Rival | None:
    """The last value of an author in a disagreement, or the one that stands there now."""
    found = [rival for rival in conflict.values if (rival.winner if author is None else rival.author == author)]
    return max(found, key=lambda rival: rival.at_ms, default=None)


def proposal(session: Session, conflict: Conflict, field: Field) -> str:
    texts = [str(rival.value or "") for rival in conflict.values]
    if field.kind is not Kind.NOTE or (conflict.entity == "custom_values" and not any("\n" in text for text in texts)):
        return ""  # the value of a custom field may as well be a sum or a date
    base = str(session.store.conflict_base(conflict.row, conflict.field) or "")
    merged = texts[0]
    for text in texts[1:]:
        merged = merge_texts(base, merged, text).text
    return merged


def told(store: Store, entity: Entity, conflicts: Collection[Conflict], conflict: Conflict, side: Side) -> str:
    """The value in words; in a disagreement about deletion the other side is edits of other fields, of the row or of what belongs to it."""
    if conflict.field != "deleted":
        return wording(store, entity, conflicts, conflict, side.rivals[0]) or "пусто"
    if not side.stands:
        return "Удалить"
    found = [(store.catalogue[each.entity], field) for each in side.rivals if (field := store.catalogue[each.entity].field(each.field))]
    edited = [f"«{field.label}»" if owner is entity else f"«{field.label}» ({owner.label.lower()})" for owner, field in found]
    return f"Не удалять: изменено {', '.join(dict.fromkeys(edited))}" if edited else "Не удалять"


def whose(session: Session, rival: Rival) -> str:
    return f"{author_name(session, rival.author)}, {spoken_time(rival.at_ms, session.app.clock())}"


def author_name(session: Session, author: str) -> str:
    return session.store.one("SELECT name FROM employees WHERE id = ?", (author,)) or "Без имени"


def write(session: Session, conflict: Conflict, patch: Mapping[str, Value]) -> None:
    """Written by someone who sees all sides, so the disagreement ends on every laptop; what stands there already is written, too."""
    before = session.store.row(conflict.entity, conflict.row) or {}
    if session.do([Edit(conflict.entity, conflict.row, patch)], "Расхождение: выбрано значение"):
        session.say("Расхождение снято", any(before.get(name) != value for name, value in patch.items()))

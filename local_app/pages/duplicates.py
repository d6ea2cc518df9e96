"""«Повторы»: two records side by side, a value chosen field by field, one act that makes one of them."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from local_app.repeats import Pair, pairs, pairs_of, pointers, tell_apart, told_apart, unite
from local_app.session import Session
from local_app.widgets.fields import as_typed, entity_path, name_of, path_of
from local_app.widgets.tags import Part, Tag, button, div, empty, link, span
from shared.change import Refused
from shared.entity import Entity, Field, Kind, Value
from shared.formats import plural
from shared.rules.merging import MERGED, differing, proposed

SHOWN = 30
PURPOSE = "Повторов нет. Они появляются, когда двое завели одного клиента или один товар, не видя друг друга."
REFERENCES = ("ссылка", "ссылки", "ссылок")


def page(session: Session) -> None:
    Duplicates(session)


def badge_link(session: Session, entity: str = "") -> None:
    """«Повторы: 3» where there are some, as they come and go."""
    shown = link("", f"/duplicates?entity={entity}" if entity else "/duplicates", "btn flat")

    def refresh() -> None:
        count = len(pairs(session.store, entity))
        shown.set_text(f"Повторы: {count}")
        shown.set_visibility(count > 0)

    refresh()
    session.listen({*MERGED, "distinct_pairs", "state"}, refresh)


class Listed(NamedTuple):
    """A pair in the list, with the names of its two rows."""

    pair: Pair
    names: tuple[str, str]


class Compared(NamedTuple):
    """The open pair: which row stays, both rows, how often each is referred to, and the value of each field that differs."""

    kept: str
    lost: str
    rows: dict[str, dict[str, Any]]
    used: dict[str, int]
    chosen: dict[str, Value]


class Shown(NamedTuple):
    """All that the page shows."""

    total: int
    listed: list[Listed]
    compared: Compared | None


class Duplicates:
    """The list of pairs; one of them is open, with its choices."""

    def __init__(self, session: Session) -> None:
        self.session, self.open = session, ""
        self.chosen: dict[str, Value] = {}
        self.kept = ""
        only = session.query.get("entity", "")
        self.entity = only if only in MERGED else ""
        session.entitle(*([(session.store.catalogue[only].plural, entity_path(only))] if self.entity else []), "Повторы")
        with div("page"):
            self.list = Part("stack", self._read, self._draw)
        session.listen({*MERGED, "distinct_pairs", "orders", "state"}, self.list.refresh)

    def _read(self) -> Shown:
        store = self.session.store
        found = self._wanted(pairs(store, self.entity))
        listed = [
            Listed(
                pair, (name_of(store, pair.entity, pair.one) or "без названия", name_of(store, pair.entity, pair.other) or "без названия")
            )
            for pair in found[:SHOWN]
        ]
        opened = next((pair for pair in found[:SHOWN] if key_of(pair) == self.open), found[0] if found else None)
        return Shown(len(found), listed, self._compared(opened) if opened else None)

    def _draw(self, shown: Shown) -> None:
        if not shown.listed:
            empty(PURPOSE)
        for pair, names in shown.listed:
            compared = shown.compared if shown.compared and {pair.one, pair.other} == set(shown.compared.rows) else None
            with div("panel"):
                self._pair(pair, names, compared)
        if shown.total > SHOWN:
            div("caption", f"Показаны первые {SHOWN} из {shown.total}. Остальные появятся, когда разберёте эти")

    def _wanted(self, found: list[Pair]) -> list[Pair]:
        """The pair that the address names comes first; it may have been found by the card only now."""
        query = self.session.query
        one, other, entity = query.get("one", ""), query.get("other", ""), query.get("entity", "")
        if entity not in MERGED or not one or not other:
            return found
        rows = [row for key in (one, other) if (row := self.session.store.row(entity, key)) and not row["deleted"]]
        if len(rows) < 2 or frozenset((one, other)) in told_apart(self.session.store):
            return found
        why = next((pair.reason for pair in pairs_of(entity, rows)), "по вашему выбору")
        return [Pair(entity, one, other, why), *(pair for pair in found if {pair.one, pair.other} != {one, other})]

    def _pair(self, pair: Pair, names: tuple[str, str], compared: Compared | None) -> None:
        with div("title"):
            span("grow cut", " — ".join(dict.fromkeys(names)))
            span("caption", pair.reason)
            if compared is None:
                button("Сравнить", partial(self._open, pair))
        if compared:
            self._compare(self.session.store.catalogue[pair.entity], pair, compared)

    def _open(self, pair: Pair) -> None:
        self.open, self.kept, self.chosen = key_of(pair), "", {}
        self.list.refresh()

    # ------------------------------------------------------------------ one pair
    def _compared(self, pair: Pair) -> Compared:
        store, entity = self.session.store, self.session.store.catalogue[pair.entity]
        used = {key: len(pointers(store, entity.name, key)) for key in (pair.one, pair.other)}
        kept = self.kept if self.kept in used else max((pair.one, pair.other), key=lambda key: (used[key], key == pair.one))
        lost = pair.other if kept == pair.one else pair.one
        rows = {key: store.row(entity.name, key) or {} for key in (kept, lost)}
        mine = self.chosen if self.open == key_of(pair) else {}
        own = {field.name: mine[field.name] for field in differing(entity, rows[kept], rows[lost]) if field.name in mine}
        return Compared(kept, lost, rows, used, {**proposed(entity, rows[kept], rows[lost]), **own})

    def _compare(self, entity: Entity, pair: Pair, compared: Compared) -> None:
        kept, lost, rows, used, chosen = compared
        with Tag("table", "table compare"):
            self._heads(entity, kept, lost, used)
            with Tag("tbody"):
                for field in differing(entity, rows[kept], rows[lost]):
                    self._line(pair, field, [rows[kept][field.name], rows[lost][field.name]], chosen[field.name])
        with div("body head"):
            moved = f"перейдёт к ней: {plural(used[lost], REFERENCES)}" if used[lost] else "на вторую никто не ссылается"
            span("caption grow", f"Останется одна запись, {moved}. Это можно отменить.")
            button("Поменять местами", partial(self._keep, pair, lost), kind="flat")
            button("Это разные", partial(self._apart, pair))
            button("Объединить", partial(self._unite, pair, kept, chosen), kind="main")

    def _heads(self, entity: Entity, kept: str, lost: str, used: dict[str, int]) -> None:
        with Tag("thead"), Tag("tr"):
            Tag("td")
            for key, words in ((kept, "Останется"), (lost, "Будет удалена")):
                with Tag("th"), div("head"):
                    span("caption", f"{words}, {plural(used[key], REFERENCES)}")
                    link("Открыть", path_of(entity.name, key), "caption")

    def _line(self, pair: Pair, field: Field, values: list[Value], chosen: Value) -> None:
        with Tag("tr"):
            Tag("td", "secondary", field.label)
            for value in values:
                words, on = self._spoken(field, value) or "пусто", value == chosen
                with Tag("td"):
                    Tag(
                        "button", f"btn flat choice {'on' if on else ''}", words, on_click=partial(self._choose, pair, field, value),
                        type="button", aria_pressed=str(on).lower(), aria_label=f"{field.label}: {words}",
                    )  # fmt: skip

    def _spoken(self, field: Field, value: Value) -> str:
        if field.kind is Kind.REFERENCE:
            return name_of(self.session.store, field.target, value)
        if field.kind is Kind.FLAG:
            return "да" if value else "нет"
        return (field.choices or {}).get(str(value), "") if field.kind is Kind.CHOICE else as_typed(field, value)

    # ------------------------------------------------------------------ acts
    def _choose(self, pair: Pair, field: Field, value: Value) -> None:
        if self.open != key_of(pair):
            self.open, self.kept, self.chosen = key_of(pair), "", {}
        self.chosen[field.name] = value
        self.list.refresh()

    def _keep(self, pair: Pair, key: str) -> None:
        self.open, self.kept, self.chosen = key_of(pair), key, {}
        self.list.refresh()

    def _apart(self, pair: Pair) -> None:
        if self.session.attempt(partial(tell_apart, self.session.desk, pair)):
            self._next("Больше не предлагать объединить: это разные записи", undoable=True)

    def _unite(self, pair: Pair, kept: str, chosen: dict[str, Value]) -> None:
        try:
            unite(self.session.desk, pair, kept, chosen, self.session.seen)
        except Refused as refused:
            self.session.say(str(refused))
            return
        self._next("Записи объединены", undoable=True)

    def _next(self, words: str, *, undoable: bool = False) -> None:
        self.open, self.kept, self.chosen = "", "", {}
        self.list.refresh()
        self.session.say(words, undoable)


def key_of(pair: Pair) -> str:
    return f"{pair.one} {pair.other}"

"""«Повторы»: two records side by side, a value chosen field by field, one act that makes one of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, NamedTuple

from local_app.repeats import Pair, pairs, pairs_of, pointers, tell_apart, told_apart, unite
from local_app.session import Session
from local_app.widgets.fields import entity_path, name_of, path_of
from local_app.widgets.tags import Part, Pieces, Tag, button, div, empty, link, span
from local_app.widgets.witness import spoken
from shared.change import Refused
from shared.entity import Field, Value
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
    """A pair in the list, with the names of its two rows; the open one (no names) tells them itself."""

    pair: Pair
    names: str | None


class Compared(NamedTuple):
    """The open pair: which row stays, both rows, how often each is referred to, and the value of each field that differs."""

    kept: str
    lost: str
    rows: dict[str, dict[str, Any]]
    used: dict[str, int]
    chosen: dict[str, Value]


class Duplicates:
    """The list of pairs; one of them is open. News take nothing away from under the hands, and open no other pair."""

    def __init__(self, session: Session) -> None:
        self.session, self.open = session, ""
        self.total = 0
        self.comparison: Comparison | None = None
        only = session.query.get("entity", "")
        self.entity = only if only in MERGED else ""
        session.entitle(*([(session.store.catalogue[only].plural, entity_path(only))] if self.entity else []), "Повторы")
        with div("page"):
            self.none = empty(PURPOSE)
            self.list = Pieces("stack", self._read, self._draw)
            self.more = div("caption")
        self.refresh()
        session.listen({*MERGED, "distinct_pairs", "orders", "state"}, self.refresh)

    def refresh(self) -> None:
        self.list.refresh()
        self.none.set_visibility(not self.list)
        self.more.set_text(
            f"Показаны первые {SHOWN} из {self.total}. Остальные появятся, когда разберёте эти" if self.total > SHOWN else ""
        )
        if self.comparison and self.list:
            self.comparison.refresh()

    def _read(self) -> dict[Hashable, Listed]:
        found = self._wanted(pairs(self.session.store, self.entity))
        self.total, first = len(found), {key_of(pair): pair for pair in found[:SHOWN]}
        self.open = self.open if self.open in first else next(iter(first), "")
        return {key: Listed(pair, None if key == self.open else names_of(self.session, pair)) for key, pair in first.items()}

    def _draw(self, listed: Listed) -> Tag:
        with div("panel") as panel:
            if listed.names is None:
                self.comparison = Comparison(self.session, listed.pair, self._next)
            else:
                with div("title"):
                    span("grow cut", listed.names)
                    span("caption", listed.pair.reason)
                    button("Сравнить", partial(self._open, listed.pair))
        return panel

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

    def _open(self, pair: Pair) -> None:
        self.open = key_of(pair)
        self.refresh()

    def _next(self, words: str) -> None:
        self.open = ""
        self.refresh()
        self.session.say(words, True)


class Comparison:
    """The open pair. Its buttons stay what they are while it changes, and act on what is shown when they are pressed."""

    def __init__(self, session: Session, pair: Pair, done: Callable[[str], None]) -> None:
        self.session, self.pair, self.done = session, pair, done
        self.entity = session.store.catalogue[pair.entity]
        self.chosen: dict[str, Value] = {}
        self.kept = ""
        self.choices: dict[str, list[Tag]] = {}
        self.now = self._compared()
        with div("title"):
            self.names = span("grow cut")
            span("caption", pair.reason)
        with Tag("table", "table compare"):
            with Tag("thead"):
                self.heads = Part("", lambda: (self.now.kept, self.now.lost, self.now.used), self._heads, name="tr")
            self.lines = Pieces("", self._values, self._line, name="tbody")
        with div("body head"):
            self.moved = span("caption grow")
            button("Поменять местами", self._swap, kind="flat")
            button("Это разные", self._apart)
            button("Объединить", self._unite, kind="main")
        self.refresh()

    def refresh(self) -> None:
        self.now = self._compared()
        self.names.set_text(names_of(self.session, self.pair))
        self.heads.refresh()
        self.lines.refresh()
        for field, values in self._values().values():
            for choice, value in zip(self.choices[field.name], values, strict=True):
                on = value == self.now.chosen[field.name]
                choice.classes(add="on" if on else "", remove="" if on else "on")
                choice.props["aria-pressed"] = str(on).lower()
        count = self.now.used[self.now.lost]
        moved = f"перейдёт к ней: {plural(count, REFERENCES)}" if count else "на вторую никто не ссылается"
        self.moved.set_text(f"Останется одна запись, {moved}. Это можно отменить.")

    def _compared(self) -> Compared:
        """The row that is referred to most stays, and goes on to be the one, whatever comes while the pair is looked at."""
        store, entity, pair = self.session.store, self.entity, self.pair
        used = {key: len(pointers(store, entity.name, key)) for key in (pair.one, pair.other)}
        kept = self.kept = self.kept or max((pair.one, pair.other), key=lambda key: (used[key], key == pair.one))
        lost = pair.other if kept == pair.one else pair.one
        rows = {key: store.row(entity.name, key) or {} for key in (kept, lost)}
        own = {field.name: self.chosen[field.name] for field in differing(entity, rows[kept], rows[lost]) if field.name in self.chosen}
        return Compared(kept, lost, rows, used, {**proposed(entity, rows[kept], rows[lost]), **own})

    def _heads(self, shown: tuple[str, str, dict[str, int]]) -> None:
        kept, lost, used = shown
        Tag("td")
        for key, words in ((kept, "Останется"), (lost, "Будет удалена")):
            with Tag("th"), div("head"):
                span("caption", f"{words}, {plural(used[key], REFERENCES)}")
                link("Открыть", path_of(self.entity.name, key), "caption")

    def _values(self) -> dict[Hashable, tuple[Field, list[Value]]]:
        kept, lost = self.now.rows[self.now.kept], self.now.rows[self.now.lost]
        return {field.name: (field, [kept[field.name], lost[field.name]]) for field in differing(self.entity, kept, lost)}

    def _line(self, shown: tuple[Field, list[Value]]) -> Tag:
        field, values = shown
        with Tag("tr") as line:
            Tag("td", "secondary", field.label)
            self.choices[field.name] = [self._choice(field, value) for value in values]
        return line

    def _choice(self, field: Field, value: Value) -> Tag:
        words = spoken(self.session.store, field, value) or "пусто"
        with Tag("td"):
            return Tag(
                "button", "btn flat choice", words, on_click=partial(self._choose, field, value),
                type="button", aria_label=f"{field.label}: {words}",
            )  # fmt: skip

    # ------------------------------------------------------------------ acts
    def _choose(self, field: Field, value: Value) -> None:
        self.chosen[field.name] = value
        self.refresh()

    def _swap(self) -> None:
        self.kept, self.chosen = self.now.lost, {}
        self.refresh()

    def _apart(self) -> None:
        if self.session.attempt(partial(tell_apart, self.session.desk, self.pair)):
            self.done("Больше не предлагать объединить: это разные записи")

    def _unite(self) -> None:
        try:
            unite(self.session.desk, self.pair, self.now.kept, self.now.chosen, self.session.seen)
        except Refused as refused:
            self.session.say(str(refused))
            return
        self.done("Записи объединены")


def names_of(session: Session, pair: Pair) -> str:
    """«ООО Ромашка — Ромашка», once when both are the same."""
    return " — ".join(dict.fromkeys(name_of(session.store, pair.entity, key) or "без названия" for key in (pair.one, pair.other)))


def key_of(pair: Pair) -> str:
    return f"{pair.one} {pair.other}"

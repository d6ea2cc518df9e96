"""«Повторы»: two records side by side, a value chosen field by field, one act that makes one of them."""

from __future__ import annotations

from functools import partial

from local_app.repeats import Pair, pairs, pairs_of, pointers, tell_apart, told_apart, unite
from local_app.session import Session
from local_app.widgets.fields import as_typed, entity_path, name_of, path_of
from local_app.widgets.tags import Tag, button, div, empty, link, span
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
    holder = span("")

    def refresh() -> None:
        holder.clear()
        with holder:
            count_link(session, entity)

    refresh()
    session.listen({*MERGED, "state"}, refresh)


def count_link(session: Session, entity: str = "") -> None:
    if count := len(pairs(session.store, entity)):
        link(f"Повторы: {count}", f"/duplicates?entity={entity}" if entity else "/duplicates", "btn flat")


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
            self.list = div("stack")
        self.draw()
        session.listen({*MERGED, "orders", "state"}, self.draw)

    def draw(self) -> None:
        if self.list.is_deleted:
            return
        found = self._wanted(pairs(self.session.store, self.entity))
        self.list.clear()
        with self.list:
            if not found:
                empty(PURPOSE)
            for pair in found[:SHOWN]:
                with div("panel"):
                    self._pair(pair, opened=key_of(pair) == (self.open or key_of(found[0])))
            if len(found) > SHOWN:
                div("caption", f"Показаны первые {SHOWN} из {len(found)}. Остальные появятся, когда разберёте эти")

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

    def _pair(self, pair: Pair, *, opened: bool) -> None:
        entity = self.session.store.catalogue[pair.entity]
        names = [name_of(self.session.store, pair.entity, key) or "без названия" for key in (pair.one, pair.other)]
        with div("title"):
            span("grow cut", " — ".join(dict.fromkeys(names)))
            span("caption", pair.reason)
            if not opened:
                button("Сравнить", partial(self._open, pair))
        if opened:
            self._compare(entity, pair)

    def _open(self, pair: Pair) -> None:
        self.open, self.kept, self.chosen = key_of(pair), "", {}
        self.draw()

    # ------------------------------------------------------------------ one pair
    def _compare(self, entity: Entity, pair: Pair) -> None:
        store = self.session.store
        used = {key: len(pointers(store, entity.name, key)) for key in (pair.one, pair.other)}
        kept = self.kept if self.kept in used else max((pair.one, pair.other), key=lambda key: (used[key], key == pair.one))
        lost = pair.other if kept == pair.one else pair.one
        rows = {key: store.row(entity.name, key) or {} for key in (kept, lost)}
        fields = differing(entity, rows[kept], rows[lost])
        mine = self.chosen if self.open == key_of(pair) else {}
        chosen = {**proposed(entity, rows[kept], rows[lost]), **{field.name: mine[field.name] for field in fields if field.name in mine}}
        with Tag("table", "table compare"):
            self._heads(entity, kept, lost, used)
            with Tag("tbody"):
                for field in fields:
                    self._line(pair, field, [rows[kept][field.name], rows[lost][field.name]], chosen[field.name])
        with div("body head"):
            moved = f"перейдёт к ней: {plural(used[lost], REFERENCES)}" if used[lost] else "на вторую никто не ссылается"
            span("caption grow", f"Останется одна запись, {moved}. Это можно отменить.")
            button("Поменять местами", partial(self._keep, pair, lost), kind="flat")
            button("Это разные", partial(self._apart, pair))
            button("Объединить", partial(self._unite, pair, kept, chosen), kind="main")

    def _heads(self, entity: Entity, kept: str, lost: str, used: dict[str, int]) -> None:
        with Tag("thead"), Tag("tr"):
            Tag("th", "", "")
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
        self.draw()

    def _keep(self, pair: Pair, key: str) -> None:
        self.open, self.kept, self.chosen = key_of(pair), key, {}
        self.draw()

    def _apart(self, pair: Pair) -> None:
        tell_apart(self.session.store, pair)
        self._next("Больше не предлагать объединить: это разные записи")

    def _unite(self, pair: Pair, kept: str, chosen: dict[str, Value]) -> None:
        try:
            unite(self.session.desk, pair, kept, chosen)
        except Refused as refused:
            self.session.say(str(refused))
            return
        self._next("Записи объединены", undoable=True)

    def _next(self, words: str, *, undoable: bool = False) -> None:
        self.open, self.kept, self.chosen = "", "", {}
        self.draw()
        self.session.say(words, undoable)


def key_of(pair: Pair) -> str:
    return f"{pair.one} {pair.other}"

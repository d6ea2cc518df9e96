"""The lines of one order on one tab: acts of the editor go through the desk, and only what changed goes back to the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_app import sight
from local_app.ordering.rows import number_of, office, search_products, sheet
from local_app.ordering.shown import LinesShown, count, rate_shown, totals_shown
from local_app.pages import order_line_acts as acts
from local_app.pages.order_rivals import rivals, settle
from local_app.session import Session
from local_app.widgets.lines import Lines
from local_app.widgets.turning import turn
from shared import formats
from shared.change import Refused, View
from shared.rules.office import Sheet

SPARE = 20
"""Ids given to the screen beforehand: new lines stand at once, without waiting for an answer."""
CELLS = ("product", "unit", "quantity", "price", "discount", "vat")
WAITS = "Ещё не записано. Нажмите в этой ячейке Enter, чтобы записать"
MOST_NAMED = 30
"""Lines whose last author is looked up when somebody else changed them."""
Message = Mapping[str, Any]


def drafts_key(order_id: str) -> str:
    """Under which the texts of an order's cells are kept that were not accepted."""
    return f"lines/{order_id}"


def not_accepted(session: Session, order_id: str) -> list[str]:
    """Texts that stand in the fields and cells of an order though they could not be accepted, or not yet."""
    drafts, store = session.app.drafts, session.store
    cells = drafts.of_row(drafts_key(order_id))
    gone = {line for line in {key.partition(":")[0] for key in cells} if (store.row("order_lines", line) or {}).get("deleted")}
    return [*drafts.of_row(f"orders/{order_id}").values(), *(text for key, text in cells.items() if key.partition(":")[0] not in gone)]


class LinesEditor:
    """Keeps what the screen shows, to send only differences."""

    def __init__(self, session: Session, order_id: str, saved: Callable[[str], None]) -> None:
        self.session, self.order_id, self.saved = session, order_id, saved
        self.drafts_key = drafts_key(order_id)
        self.busy = False
        self.units: dict[str, str] = {}
        self.texts = LinesShown(self.units)
        self.shown: dict[str, dict[str, Any]] = {}
        self.order: list[str] = []
        self.totals: dict[str, Any] = {}
        self.widget = Lines(order_id, self.first_state(), on_act=self.act, on_search=self.search, on_undo=self.undo)
        session.listen({"units"}, self.learn_units)
        session.listen({"order_lines", "orders"}, self.refresh)

    def first_state(self) -> dict[str, Any]:
        units = self.offered_units()
        rows = sheet(self.session.store, self.order_id)
        self.differences(rows)
        problems, texts = self.kept(rows)
        return {
            "rows": [self.shown[line_id] for line_id in self.order],
            "totals": self.totals,
            "units": units,
            "rates": self.rates(),
            "spare": [*(line_id for line_id in texts if self.is_new(line_id)), *self.spare()],
            "view": self.view(),
            "problems": problems,
            "drafts": texts,
            "begun": self.begun(texts),
        }

    def offered_units(self) -> list[dict[str, str]]:
        """Those of the directory, as they are now; the lines name deleted ones, too."""
        rows = self.session.store.rows("SELECT id, name, deleted FROM units ORDER BY name")
        self.units.update((row["id"], row["name"]) for row in rows)
        return [{"id": row["id"], "name": row["name"]} for row in rows if not row["deleted"]]

    def learn_units(self) -> None:
        """A paste, another tab or the sync has brought units."""
        self.widget.answer({"units": self.offered_units()})

    def rates(self) -> list[dict[str, Any]]:
        """Rates to choose from, each percent once, «Без НДС» last."""
        rates = sorted(office(self.session.store).rates, key=lambda rate: (rate["percent"] is None, -(rate["percent"] or 0), rate["id"]))
        once = {rate["percent"]: rate for rate in rates}
        return [{"id": rate["id"], "name": rate_shown(percent)} for percent, rate in once.items()]

    def spare(self) -> list[str]:
        return [self.session.desk.new_id() for _ in range(SPARE)]

    # ------------------------------------------------------------------ acts of the screen
    def act(self, message: Message) -> None:
        kind, wrong, texts = message["kind"], acts.Texts(), acts.Texts()
        self.busy = True
        try:
            if kind == "forget":
                return self.forget(message)
            wrong, texts = self.done(message)
        except Refused as refused:
            wrong = self.refused(message, str(refused))
        finally:
            self.busy = False
        plain = kind == "commit" and message["id"] in self.shown and not wrong
        self.push({"done": message["serial"], "wrong": wrong, "drafts": texts}, whole=not plain)
        return None

    def done(self, message: Message) -> tuple[acts.Texts, acts.Texts]:
        desk, rows = self.session.desk, sheet(self.session.store, self.order_id)
        wish = self.wish(rows, message)
        if wish.edits:
            desk.do(wish.edits, wish.words, self.seen(message["view"]))
            self.saved(f"Сохранено {self.session.app.clock():%H:%M}")
        for line_id, texts in wish.texts.items():
            for column, text in texts.items():
                self.hold(f"{self.drafts_key}/{line_id}:{column}", text, message)
        if message["kind"] == "commit":
            self.forget(message)
        if message["kind"] in ("remove", "paste") and wish.edits:
            self.session.say(wish.words, True)
        return wish.wrong, wish.texts

    def wish(self, rows: Sheet, message: Message) -> acts.Wish:
        kind, store = message["kind"], self.session.store
        if kind == "commit":
            return acts.commit(store, rows, message, self.seen(message["view"]))
        if kind == "paste":
            return acts.paste(store, rows, message)
        if kind == "settle":
            return acts.Wish(settle(store, self.order_id, message), f"Выбрано одно из значений в заказе {number_of(rows.order)}", {}, {})
        return acts.shift(rows, message) if kind == "move" else acts.remove(rows, message)

    def refused(self, message: Message, reason: str) -> acts.Texts:
        """Under the cell when there is one, otherwise in a notice."""
        if message["kind"] != "commit":
            self.session.say(reason, False)
            return {}
        self.hold(self.draft(message), str(message["text"]), message)
        return {message["id"]: {message["field"]: reason}}

    def hold(self, key: str, text: str, message: Message) -> None:
        self.session.app.drafts.begun(key, message["view"])
        self.session.app.drafts.keep(key, text)

    def forget(self, message: Message) -> None:
        self.session.app.drafts.drop(self.draft(message))

    def draft(self, message: Message) -> str:
        return f"{self.drafts_key}/{message['id']}:{message['field']}"

    def search(self, serial: int, text: str) -> None:
        found = search_products(self.session.store, text) if text.strip() else []
        options = [
            {
                "id": row["id"],
                "name": row["name"],
                "sku": row["sku"],
                "unit": row["unit"] or "",
                "price": "" if row["price"] is None else formats.price(row["price"], ""),
            }
            for row in found
        ]
        self.widget.offer(serial, options)

    def add_products(self, items: Sequence[acts.Picked]) -> None:
        """Lines of products chosen in the dialog, as one act. Raises Refused."""
        rows = sheet(self.session.store, self.order_id)
        wish = acts.add_picked(rows, items, self.session.desk.new_id)
        self.session.desk.do(wish.edits, wish.words, self.session.seen)
        self.saved(f"Сохранено {self.session.app.clock():%H:%M}")
        self.session.say(wish.words, True)

    async def undo(self, back: bool) -> None:  # noqa: FBT001 - what the event says
        await turn(self.session, back=back)

    # ------------------------------------------------------------------ what goes to the screen
    def refresh(self) -> None:
        """Somebody changed something: the sync, another tab, an undo."""
        if not self.busy and self.session.store.row("orders", self.order_id):
            before = {line_id: dict(texts) for line_id, texts in self.shown.items()}
            self.push({}, whole=True, flashed_since=before)

    def push(self, news: dict[str, Any], *, whole: bool, flashed_since: dict[str, dict[str, Any]] | None = None) -> None:
        changed = self.differences(sheet(self.session.store, self.order_id))
        if whole:
            news |= {"rows": [self.shown[line_id] for line_id in self.order], "order": self.order}
        elif changed:
            news |= {"rows": [self.shown[line_id] for line_id in changed]}
        if flashed_since is not None:
            news |= self.flashes(changed, flashed_since)
        self.widget.answer({**news, "totals": self.totals, "view": self.view(), "spare": self.spare()})

    def differences(self, rows: Sheet) -> list[str]:
        """Takes the new texts over; the ids of lines that look otherwise than before."""
        total = count(rows)
        disputed = rivals(self.session.store, self.order_id)
        new = {each["id"]: each | {"rivals": disputed.get(each["id"], {})} for each in self.texts.rows(rows, total)}
        changed = [line_id for line_id, texts in new.items() if self.shown.get(line_id) != texts]
        self.shown, self.order, self.totals = new, list(new), {**totals_shown(rows, total), "rivals": disputed["order"]}
        return changed

    def flashes(self, changed: list[str], before: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """The cells that changed while the form was open, and by whom; nothing is said of one's own undo."""
        gone = [line_id for line_id in before if line_id not in self.shown]
        authors = {line_id: self.last_author(line_id) for line_id in [*changed, *gone][:MOST_NAMED]}
        found = [
            {"id": line_id, "field": name, "who": who}
            for line_id, who in authors.items()
            for name in CELLS
            if line_id in before and line_id in self.shown and before[line_id][name] != self.shown[line_id][name]
        ]
        names = sorted({who for who in authors.values() if who})
        return {"flashes": found, "note": f"Строки изменил: {', '.join(names)}" if names else ""}

    def last_author(self, line_id: str) -> str:
        """The name of who wrote the line last, '' when that was the user."""
        moments = self.session.store.history("order_lines", line_id)
        author = moments[-1].author if moments else ""
        if author == self.session.desk.author:
            return ""
        return str(self.session.store.one("SELECT name FROM employees WHERE id = ?", (author,)) or "")

    def kept(self, rows: Sheet) -> tuple[acts.Texts, acts.Texts]:
        """Texts that could not be accepted when the form was open last, with the reasons; what fits now still waits to be written."""
        problems, texts = acts.Texts(), acts.Texts()
        for key, text in self.session.app.drafts.of_row(self.drafts_key).items():
            line_id, _, column = key.partition(":")
            if line_id != "order" and line_id not in self.shown and not (column == "product" and self.is_new(line_id)):
                self.session.app.drafts.drop(f"{self.drafts_key}/{key}")
                continue
            message = {"id": line_id, "field": column, "text": text, "choice": None, "keep": False, "first": False}
            reason = acts.why_refused(self.session.store, rows, message, self.session.desk.view()) or WAITS
            problems.setdefault(line_id, {})[column] = reason
            texts.setdefault(line_id, {})[column] = text
        return problems, texts

    def begun(self, texts: acts.Texts) -> acts.Texts:
        """What the user had seen when the kept texts were typed."""
        key, drafts = self.drafts_key, self.session.app.drafts
        return {line_id: {column: drafts.seen(f"{key}/{line_id}:{column}") for column in kept} for line_id, kept in texts.items()}

    def is_new(self, line_id: str) -> bool:
        """A line that was typed and never written."""
        return line_id != "order" and self.session.store.row("order_lines", line_id) is None

    # ------------------------------------------------------------------ what the user had seen
    def view(self) -> str:
        """What the screen shows from now on, for the screen to hand back when something is typed over it."""
        return sight.told(self.session.seen)

    def seen(self, word: str) -> View:
        return sight.taken_up(word, self.session.desk.view())

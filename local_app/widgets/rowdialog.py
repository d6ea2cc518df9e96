"""A small form of one row in a window over the screen; it does not go in silence with what was typed and not taken.

A key or the browser's «back» may leave the screen under it: then a new row that was begun waits, and «Добавить» goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

from local_app import leftovers
from local_app.session import Session
from local_app.widgets.card import LONG, WINDOW_WIDTH
from local_app.widgets.form import Expand, Form
from local_app.widgets.tags import Tag, button, div, span
from local_app.widgets.window import window
from shared.change import Edit
from shared.entity import Field, Kind, Value

SAVED_AT_ONCE = "Каждое поле сохраняется сразу."
GONE = "Эта запись удалена. Что вы измените, будет видно только после восстановления."
RESUMED = "Здесь то, что вы не дописали. Каждое поле сохраняется сразу."
OF_ONE = frozenset({"bank_accounts"})
"""Rows of one owner only: a window that stands over a client's account asks for no organization of ours, or it would be on our invoices."""
BEGUN = "begun"
"""Settings under this name hold the ids of new rows that were begun and not finished."""
WARNED = "Исправьте отмеченное поле. Ещё раз Esc или «Не сохранять» — закрыть без него."


@dataclass(slots=True)
class DialogForm(Form):
    """A form that knows what would be lost if it were left now. `optional`: required fields that a row of this window may lack."""

    optional: Sequence[str] = ()
    begun: Callable[[], object] = lambda: None
    _named_missing: set[str] = attribute(default_factory=set)

    @property
    def is_new(self) -> bool:
        return bool(self.initial)

    def missing(self) -> list[str]:
        """Required fields that a new row does not have yet."""
        return [name for name, bound in self._bound.items() if self.is_new and self.needs(bound.field) and self.row[name] in (None, "")]

    def begin(self, name: str, seen: str) -> None:
        Form.begin(self, name, seen)
        self.begun()

    @property
    def is_touched(self) -> bool:
        """Something was typed that is not told to the program yet, or not taken."""
        return bool(self._drafts) or any(bound.dirty for bound in self._bound.values())

    def needs(self, field: Field) -> bool:
        return field.required and field.name not in self.optional

    def unsettled(self) -> str:
        """The first field whose text is not taken, or that a new row, once begun, still lacks, with its reason under it; '' for none."""
        for name in self._named_missing & set(self._bound):
            self._bound[name].box.put(error="")
        for name, text in tuple(self._drafts.items()):
            if name in self._bound:
                self.typed(name, text, final=True)
        self._named_missing = set(self.missing()) - set(self._drafts) if self.exists or self._drafts else set()
        for name in self._named_missing:
            self._bound[name].box.put(error=f"Поле «{self._bound[name].field.label}» нужно заполнить")
        return next((name for name, bound in self._bound.items() if bound.box.props.get("error")), "")

    def abandon(self) -> tuple[str, bool]:
        """What was not taken goes, and a new row that lacks what it needs with it: the words about it, and whether they can be undone."""
        label = self.entity.label
        lost = [bound.field.label for name, bound in self._bound.items() if name in self._drafts or bound.box.props.get("error")]
        for name in tuple(self._drafts):
            self._drop(name)
        if not self.is_new or not self.missing():
            return f"{label}: не сохранено поле «{'», «'.join(lost)}»", False
        if not self.exists:
            return f"{label}: запись не сохранена", False
        gone = self.session.do([Edit(self.entity.name, self.row_id, {"deleted": 1})], f"{label}: недописанная запись убрана")
        return (f"{label}: запись не сохранена", True) if gone else ("", False)


class RowDialog:
    """`initial` makes it a new row. `names`: only these fields, each as wide as the window. `optional`, `expand`: as in the form."""

    def __init__(
        self,
        session: Session,
        name: str,
        row_id: str,
        initial: Mapping[str, Value] | None = None,
        *,
        heading: str = "",
        names: Sequence[str] = (),
        optional: Sequence[str] = (),
        expand: Expand | None = None,
    ) -> None:
        self.session, self.entity, self.initial = session, session.store.catalogue[name], dict(initial or {})
        self.heading, self.names = heading or (f"{self.entity.label}: новая запись" if initial else self.entity.label), names
        self.optional, self.expand = optional, expand
        waiting = self._begun()
        self.row_id, self.resumed = waiting or row_id, bool(waiting)
        self.warned = self.left = False

    def show(self) -> None:
        with window(self.session, self.heading, style="width:640px", shows=(self.row_id,)) as self.dialog:
            with div("head"):
                Tag("h1", "grow", self.heading)
                self.saved_at = div("saved")
            self._gone_bar()
            self.form = DialogForm(
                self.session,
                self.entity,
                self.row_id,
                initial=self.initial,
                expand=self.expand,
                saved=self._saved,
                optional=self.optional,
                begun=self._remember,
            )
            waiting = self._fields()
            with div("head"):
                self.caption = span("caption grow", RESUMED if self.resumed else SAVED_AT_ONCE)
                self.without = button("Не сохранять", self.leave)
                self.without.set_visibility(False)
                button("Готово", self.done, kind="main")
        self.stop = self.session.listen({self.entity.name, "state"}, self._refresh_gone)
        self.dialog.stays, self.dialog.left = self._stays, self._left
        self.dialog.on("hide", self._closed, args=[])
        if waiting:
            self.form.focus(waiting[0])

    def done(self) -> None:
        """«Готово»: what was not taken is tried once more, and shown."""
        if not self._warn():
            self.dialog.close()

    def leave(self) -> None:
        """«Не сохранять»."""
        self._abandon()
        self.dialog.close()

    def _stays(self) -> bool:
        """Esc: the first one shows what would be lost, the second one leaves it."""
        if self.left:
            return False
        if not self.warned or not self.form.unsettled():
            return self._warn()
        self._abandon()
        return False

    def _left(self) -> None:
        """The screen is left with the window open: what is not finished waits, and it is said where."""
        name = self.form.unsettled()
        if not name and not self.form.is_touched:
            self._forget()
            return
        self._remember()
        self.session.say(f"{self.entity.label}: не всё сохранено", resume=self.again)

    def again(self) -> None:
        """The same window as it was left."""
        RowDialog(
            self.session,
            self.entity.name,
            self.row_id,
            self.initial,
            heading=self.heading,
            names=self.names,
            optional=self.optional,
            expand=self.expand,
        ).show()

    @property
    def _place(self) -> str:
        """Where a new row is begun: one may wait at each client, each order."""
        owners = [str(self.initial[field.name]) for field in self.entity.owners if self.initial.get(field.name)]
        return "/".join([BEGUN, self.entity.name, *owners, *([self.heading] if self.names else [])])

    def _begun(self) -> str:
        """The id of a row that was begun here and is not whole yet, '' for none."""
        found = self.session.app.drafts.setting(self._place, "") if self.initial else ""
        row = self.session.store.row(self.entity.name, found) if found else None
        lacks = row and not row["deleted"] and any(row[field.name] in (None, "") for field in self.entity.fields if self._needs(field))
        return found if row is None or lacks else ""

    def _needs(self, field: Field) -> bool:
        return field.required and field.name not in self.optional

    def _remember(self) -> None:
        if self.initial:
            self.session.app.drafts.set(self._place, self.row_id)

    def _forget(self) -> None:
        if self.initial and self._begun():
            self.session.app.drafts.set(self._place, "")

    def _warn(self) -> bool:
        name = self.form.unsettled()
        self.warned = bool(name)
        self.caption.set_text(WARNED if name else SAVED_AT_ONCE)
        self.without.set_visibility(bool(name))
        if name:
            self.dialog.props("no-backdrop-dismiss")  # a double click beside the window is not meant as two answers
            self.form.focus(name)
        return bool(name)

    def _abandon(self) -> None:
        self.left = True
        words, undoable = self.form.abandon()
        if words:
            self.session.say(words, undoable)

    def _saved(self, words: str) -> None:
        """The next Esc is a first one again."""
        self.saved_at.set_text(words)
        self.warned = False

    def _closed(self, _: object) -> None:
        self._forget()
        self.form.close()
        self.stop()
        self.dialog.delete()

    def _gone_bar(self) -> None:
        """A colleague may delete the row under its open window."""
        self.gone = div("deleted-bar", role="alert")
        with self.gone:
            span("grow", GONE)
            button("Восстановить", self._restore)
        self._refresh_gone()

    def _refresh_gone(self) -> None:
        row = self.session.store.row(self.entity.name, self.row_id)
        self.gone.set_visibility(bool(row and row["deleted"]))

    def _restore(self) -> None:
        back = leftovers.brought_back(self.session.store, self.entity.name, self.row_id)
        self.session.do([back], f"{self.entity.label}: восстановление")

    def _fields(self) -> list[str]:
        """The controls; returned are the fields that the user has come for, required ones first, another owner last."""
        owners = {field.name for field in self.entity.owners if field.name in self.initial or self.form.row[field.name] is not None}
        if owners and self.entity.name in OF_ONE:
            owners = {field.name for field in self.entity.owners}
        offered = [field for field in self.entity.fields if field.name not in owners and field.kind is not Kind.DATA]
        fields = [field for name in self.names if (field := self.entity.field(name))] or offered
        with div("form"):
            for field in fields:
                self.form.field(field.name, self._width(field), choices=self._of_client(field)).put(required=self.form.needs(field))
        waiting = [field for field in fields if field.name not in self.initial] if self.initial or self.names else []
        return [field.name for field in sorted(waiting, key=lambda field: (not self.form.needs(field), field.owner))]

    def _width(self, field: Field) -> str:
        return "wide" if self.names or field.name in LONG else WINDOW_WIDTH[field.kind]

    def _of_client(self, field: Field) -> str:
        """Of the orders and contacts, only those of the client whom the row is about; of the contacts also through its order."""
        if field.target not in ("contacts", "orders"):
            return ""
        client = self.form.row.get("client_id")
        if not client and field.target == "contacts":
            client = self.session.store.one("SELECT client_id FROM orders WHERE id = ?", (self.form.row.get("order_id"),))
        return f"client_id={client}" if client else ""

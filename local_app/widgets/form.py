"""A form: one row, saved field by field as it is typed; what is wrong is kept as a draft and explained under the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute

from local_app.desk import NotWritten
from local_app.session import Session
from local_app.widgets.bound import SAVED_WHILE_TYPING, Bound
from local_app.widgets.fields import FieldBox, Handlers, editor
from local_app.widgets.witness import GONE, Told, chosen, disagreements, last_foreign, rivals
from shared.change import Edit, Refused, View
from shared.entity import Entity, Field, Kind, Value
from shared.formats import show
from shared.rules import requisites
from shared.rules.orders import both_halves
from shared.store import Conflict
from shared.values import parse

BLANK = View(0, 0)
Expand = Callable[[Field, Value], Iterable[Edit]]
Check = Callable[[Mapping[str, Value]], Mapping[str, str]]


@dataclass(slots=True)
class Form:
    """A row being edited. The row need not exist yet: it is created by its first edit, together with `initial`.

    expand  what else changes with a field: all edits of the act (the field's own edit is not added to them)
    check   warnings by field, for a row as it is now; they never hinder saving
    """

    session: Session
    entity: Entity
    row_id: str
    initial: Mapping[str, Value] = attribute(default_factory=dict)
    expand: Expand | None = None
    check: Check | None = None
    saved: Callable[[str], object] = lambda _: None
    row: dict[str, Value] = attribute(default_factory=dict)
    exists: bool = False
    _bound: dict[str, Bound] = attribute(default_factory=dict)
    _drafts: dict[str, str] = attribute(default_factory=dict)
    _unwritten: set[str] = attribute(default_factory=set)
    _conflicts: dict[str, Conflict] = attribute(default_factory=dict)
    _stop: Callable[[], object] = lambda: None
    _view: View = attribute(default=BLANK, init=False)  # what the row and its disagreements were read with

    def __post_init__(self) -> None:
        self.read()
        self._drafts = self.session.app.drafts.of_row(self.key)
        self._stop = self.session.listen({self.entity.name, "employees", "state"}, self.refresh)

    @property
    def key(self) -> str:
        return f"{self.entity.name}/{self.row_id}"

    def read(self) -> None:
        """The row as the store has it; a new one holds blanks and what it starts with.

        The sync writes in a thread of its own: what counts as seen is told before the row is read, never after it.
        """
        self._view = self.session.desk.view()
        found = self.session.store.row(self.entity.name, self.row_id)
        self.exists = found is not None
        blanks = {field.name: field.blank for field in self.entity.fields}
        self.row = {**blanks, **self.initial, **(found or {})}
        self._conflicts = disagreements(self.session.store, self.row_id)

    def field(self, name: str, width: str = "", *, label: str | None = None, choices: str = "", readonly: bool = False) -> FieldBox:
        """Put the control of one field here. `width`: quarter, third, half or wide of the form's grid."""
        field = self.entity.field(name)
        if field is None:
            raise KeyError(f"{self.entity.name}.{name}")
        handlers = Handlers(
            typed=lambda text, final: self.typed(name, text, final=final),
            chosen=lambda value: self.choose(name, value),
            created=lambda text: self.create(name, text),
            begun=lambda seen: self.begin(name, seen),
            restored=lambda: self.restore(name),
            rival=lambda change: self.settle(name, change),
            recalled=lambda seen: self.take_up(name, seen),
        )
        box = editor(field, handlers, draft=f"{self.key}/{name}", label=label, choices=choices, readonly=readonly)
        box.classes(width)
        self._bound[name] = Bound(field, box, self.session.app.drafts, f"{self.key}/{name}", self.row[name], self._view)
        self.show(name)
        self._recall(name)
        return box

    def show(self, name: str) -> None:
        """Show a field as the row has it now; its user has then seen everything."""
        bound = self._bound[name]
        bound.show(self.row[name], self._view)
        bound.box.show_value(bound.field, self.row[name], self.session.store)
        bound.box.put(error="", rivals=self._rivals(name))
        self._warn()

    def typed(self, name: str, text: str, *, final: bool) -> None:
        """A text of a field: saved when it is right, kept as a draft when it is not."""
        bound = self._bound[name]
        try:
            value = parse(bound.field, text, self.session.app.clock().date())
            self._require(bound.field, value)
        except Refused as refused:
            self._keep(name, text)
            if final:
                bound.box.put(text=text, error=str(refused))
            return
        if final or bound.field.kind in SAVED_WHILE_TYPING:
            self._save_typed(name, text, value, final=final)
        else:
            self._keep(name, text)

    def save(self, name: str, value: Value) -> bool:
        """Write one field through the desk, with what depends on it."""
        field = self._bound[name].field
        return self._write(name, lambda: self.edits(field, self._require(field, value)), self.words(field))

    def choose(self, name: str, value: Value) -> None:
        """A row was chosen. Where the disk does not take it, it stays chosen and waits like a typed text."""
        if not self.save(name, value) and name in self._unwritten:
            self._keep(name, str(value or ""))
            self._bound[name].box.show_text(str(value or ""), self._bound[name].field, self.session.store)

    def edits(self, field: Field, value: Value) -> list[Edit]:
        """The act of one field; the first one makes the row."""
        own = both_halves({field.name: value}, self.row)
        wanted = list(self.expand(field, value)) if self.expand else [Edit(self.entity.name, self.row_id, own)]
        if self.exists:
            return wanted
        start = {name: start for name, start in self.initial.items() if name != field.name}
        return [Edit(self.entity.name, self.row_id, start), *wanted] if start else wanted

    def words(self, field: Field) -> str:
        """What the act is called when it is undone."""
        named = [each for name in self.entity.title if (each := self.entity.field(name)) and each.kind is not Kind.REFERENCE]
        title = " ".join(show(each, self.row[each.name]) for each in named)
        verb = "изменено поле" if self.exists and not self._bound[field.name].made else "создана запись, поле"
        return f"{self.entity.label} {title.strip()}: {verb} «{field.label}»".replace(" :", ":")

    def create(self, name: str, text: str) -> None:
        """Quick creation: a new row of the target, known by its name alone, and the reference to it, in one act."""
        target, new = self.session.store.catalogue[self._bound[name].field.target], self.session.desk.new_id()
        made = Edit(target.name, new, {target.title[0]: " ".join(text.split())})
        if self._write(name, lambda: [made, *self.edits(self._bound[name].field, new)], f"{target.label} «{text}»: создание"):
            self.session.say(f"Добавлено в «{target.plural}»: {text}", True)

    def begin(self, name: str, seen: str) -> None:
        self._bound[name].begin(seen)

    def take_up(self, name: str, seen: str) -> None:
        self._bound[name].take_up(seen)

    def restore(self, name: str) -> None:
        """Esc: the value from before the typing again, even where a pause has saved a half of it meanwhile."""
        bound = self._bound[name]
        self._drop(name)
        self.read()
        if bound.halfway:
            bound.batch = 0  # undo brings back what Esc has dropped
            if self.save(name, bound.former) and bound.field.kind is Kind.NOTE:  # what was dropped may be the work of minutes
                self.session.say(f"Возвращён прежний текст: «{bound.field.label}»", True)
        self.show(name)

    def refresh(self) -> None:
        """Something was committed: show what has changed, but never over what is being typed."""
        before = dict(self.row)
        self.read()
        for name, bound in self._bound.items():
            if bound.dirty or name in self._drafts:
                continue
            if self.row[name] == bound.shown:
                bound.view = self._view
                bound.box.put(rivals=self._rivals(name))
                continue
            self.show(name)
            if before.get("id"):
                self._tell_who(name)

    def settle(self, name: str, change: str) -> None:
        """One of the values of a disagreement is chosen: it is written anew, by someone who has seen them all."""
        conflict = self._conflicts.get(name)
        rival = conflict.value_of(change) if conflict else None
        if conflict is None or rival is None:
            return self.session.say(GONE)
        self._bound[name].view = self._view
        self.row |= chosen(self.session.store, self._conflicts.values(), conflict, rival)  # both halves of a discount
        self.save(name, rival.value)
        return self.read()

    def forget_boxes(self) -> None:
        """The section with the controls is left."""
        self._bound.clear()

    def close(self) -> None:
        """The form is gone before its screen is."""
        self._bound.clear()
        self._stop()

    def focus(self, name: str) -> None:
        self._bound[name].box.take_focus()

    def _save_typed(self, name: str, text: str, value: Value, *, final: bool) -> None:
        bound = self._bound[name]
        if value == self.row[name] and self.exists:
            self._drop(name)  # what stands there already is not written once more, whatever was typed on the way to it
            bound.box.put(seen=text, error="")
            if final:
                self.show(name)
        elif not final:
            self._save_silently(name, text, value)
        elif not self.save(name, value):
            self._keep(name, text)
        else:
            bound.box.put(seen=text)

    def _save_silently(self, name: str, text: str, value: Value) -> None:
        """While the user is still typing: saved, but the text stays under the cursor as it is."""
        bound, made = self._bound[name], not self.exists
        try:
            done = self.session.desk.do(self.edits(bound.field, value), self.words(bound.field), bound.view, bound.batch)
        except Refused as refused:
            self._keep(name, text)
            if isinstance(refused, NotWritten):  # nothing that is typed on will change that: it is said at once
                self._explain(name, refused)
            return
        self._drop(name)
        self.exists = True
        self.read()
        bound.go_on(self.row[name], self._view, done.batch, made=made)
        bound.box.put(seen=text, error="", rivals=self._rivals(name))
        self.saved(f"Сохранено {self.session.app.clock():%H:%M}")
        self._warn()
        self._write_again(name)

    def _write(self, name: str, act: Callable[[], list[Edit]], words: str) -> bool:
        """One act of a field, which then shows what the store has; a refusal is explained under it."""
        try:
            self.session.desk.do(act(), words, self._bound[name].view, self._bound[name].batch)
        except Refused as refused:
            self._explain(name, refused)
            return False
        self._drop(name)
        self.exists = True
        self.refresh()
        self.show(name)
        self.saved(f"Сохранено {self.session.app.clock():%H:%M}")
        self._write_again(name)
        return True

    def _explain(self, name: str, refused: Refused) -> None:
        self._bound[name].box.put(error=str(refused))
        if isinstance(refused, NotWritten):
            self._unwritten.add(name)

    def _write_again(self, written: str) -> None:
        """The disk takes what it did not take before: what was typed in other fields meanwhile is written, too."""
        waiting, self._unwritten = self._unwritten - {written}, set()
        for name in self._bound:
            if name in waiting and name in self._drafts:
                self.typed(name, self._drafts[name], final=True)

    def _require(self, field: Field, value: Value) -> Value:
        if field.required and value in (None, ""):
            raise Refused(f"Поле «{field.label}» нужно заполнить", field.name)
        return value

    def _keep(self, name: str, text: str) -> None:
        self._drafts[name] = text
        if self.session.app.drafts.keep(f"{self.key}/{name}", text):  # else the browser keeps its copy, too
            self._bound[name].box.put(seen=text)

    def _drop(self, name: str) -> None:
        if self._drafts.pop(name, None) is not None:
            self.session.app.drafts.drop(f"{self.key}/{name}")

    def _recall(self, name: str) -> None:
        """A text that was not accepted before a reload stands there again, with its reason."""
        if (text := self._drafts.get(name)) is not None:
            self._bound[name].take_up()
            self._bound[name].box.show_text(text, self._bound[name].field, self.session.store)
            self.typed(name, text, final=True)

    def _warn(self) -> None:
        warnings = {**requisites.warnings(self.entity.name, self.row), **(self.check(self.row) if self.check else {})}
        for name, bound in self._bound.items():
            bound.box.put(warning=warnings.get(name, ""))
            bound.box.set_visibility(bound.field.is_offered(self.row))

    def _rivals(self, name: str) -> list[Told]:
        return rivals(self.session.store, self.entity, self._conflicts, name)

    def _tell_who(self, name: str) -> None:
        """A colleague has changed what is on the screen: one soft flash, and who it was."""
        if who := last_foreign(self.session.store, self.entity, self.row_id, name, self.session.desk.author):
            box = self._bound[name].box
            box.put(flash=int(box.props.get("flash", 0)) + 1, news=f"Изменил {who}")

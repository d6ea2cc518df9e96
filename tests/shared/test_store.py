"""The store: one door, tables that are drawn and guarded, everything or nothing, and a drawing that always comes out the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from local_app.desk import Desk
from shared import schema
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import Catalogue
from shared.store import FILE_NAME, Store, StoreTrouble, file
from shared.store.compact import compact
from shared.store.rows import MANY
from tests.simulator.machines import NEW, OLD, Laptop, failing
from tests.simulator.mutants import spoiled
from tests.support.office import Office, is_open, rivals, tables, value


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


# ------------------------------------------------------------------ the file
def test_a_new_store_of_all_entities_opens_again_and_is_empty(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    Store.create(path, "device").close()
    store = Store.open(path)
    assert {name: store.one(f"SELECT count(*) FROM {name}") for name in ENTITIES} == dict.fromkeys(ENTITIES, 0)
    assert store.log.state().device == "device"
    store.close()


def test_a_store_tells_that_something_was_written_whoever_wrote_it(office: Office) -> None:
    laptop = office.laptop()
    before = laptop.store.written()
    laptop.store.rows("SELECT * FROM orders")
    assert laptop.store.written() == before
    office.put(laptop, "o", subject="here")
    here = laptop.store.written()
    with closing(Desk.open(laptop.desk.folder)) as other:
        other.do([Edit("orders", "o", {"subject": "there"})], "works")
    assert len({before, here, laptop.store.written()}) == 3


def test_a_store_in_a_network_folder_is_a_path_and_not_a_host(tmp_path: Path) -> None:
    assert file.without_host("file://server/share/%D0%B0.sqlite") == "file:////server/share/%D0%B0.sqlite"
    assert file.without_host("file:///C:/x.sqlite") == "file:///C:/x.sqlite"
    Store.create(tmp_path / FILE_NAME, "device").close()
    with closing(sqlite3.connect(f"file:///{tmp_path}/{FILE_NAME}?mode=ro", uri=True)) as db:  # as SQLite sees such a path: //…
        assert db.execute("SELECT device FROM state").fetchone() == ("device",)


def test_a_store_is_never_made_over_another_one(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    Store.create(path, "device", NEW).close()
    with pytest.raises(StoreTrouble, match="уже есть данные"):
        Store.create(path, "device", NEW)


def test_a_missing_a_foreign_and_a_newer_file_are_each_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with pytest.raises(StoreTrouble, match="Нет файла данных"):
        Store.open(path)
    path.write_text("not a database at all, but long enough to be taken for one " * 20)
    with pytest.raises(StoreTrouble, match="повреждён"):
        Store.open(path)
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(StoreTrouble, match="не файл Заказника"):
        Store.open(path)
    path.unlink()
    store = Store.create(path, "device", NEW)
    store.db.execute("UPDATE state SET format = ?", (schema.FORMAT + 1,))
    store.close()
    with pytest.raises(StoreTrouble, match="Обновите программу"):
        Store.open(path, NEW)


@pytest.mark.parametrize("sql", ["INSERT INTO orders (id) VALUES ('x')", "UPDATE orders SET subject = 'x'", "DELETE FROM orders"])
def test_no_other_writer_gets_at_the_drawn_tables(office: Office, sql: str) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="mine")
    other = sqlite3.connect(anna.folder / FILE_NAME)
    with pytest.raises(sqlite3.IntegrityError, match="только через программу"):
        other.execute(sql)
    other.close()
    assert value(anna, "o") == "mine"


def guards(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name LIKE '%_guard_insert'")}


@pytest.mark.parametrize("breaks", [False, True])
def test_the_guard_that_stands_aside_for_a_bulk_is_missed_by_nobody(office: Office, breaks: bool) -> None:
    store, seen = office.laptop().store, list[set[str]]()
    orders = [Edit("orders", f"o{number}", {"subject": "many"}) for number in range(MANY)]
    with closing(sqlite3.connect(store.path)) as other:
        there = guards(other)

        def look(statement: str) -> None:
            if statement.startswith("INSERT INTO orders ") and guards(store.db) < there:
                seen.append(guards(other))
                if breaks and len(seen) == 2:
                    store.db.interrupt()

        store.db.set_trace_callback(look)
        with pytest.raises(StoreTrouble) if breaks else nullcontext():
            office.laptops[0].desk.do(orders, "works")
        store.db.set_trace_callback(None)
        assert len(seen) > 1
        assert all(found == there for found in [*seen, guards(store.db), guards(other)])
        with pytest.raises(sqlite3.IntegrityError, match="только через программу"):
            other.execute("INSERT INTO orders (id) VALUES ('x')")
    assert store.one("SELECT count(*) FROM orders") == (0 if breaks else MANY)


# ------------------------------------------------------------------ everything or nothing
@pytest.mark.parametrize("after", [1, 3, 10, 30, 60])
def test_a_disk_that_fails_in_the_middle_leaves_everything_as_it_was(office: Office, after: int) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="before")
    shown = tables(anna.store)
    with pytest.raises(StoreTrouble), failing(anna.store.db, after, lambda: None):
        anna.desk.do([Edit("orders", "o", {"subject": "after"}), Edit("order_lines", "l", {"order_id": "o"})], "works")
    assert tables(anna.store) == shown
    office.put(anna, "o", subject="again")
    assert value(anna, "o") == "again"
    assert anna.store.verify() == []


BEGIN_A_BRANCH = "INSERT INTO branches (device, parent, fork_n) VALUES (?, 0, 0)"


def begin_in_vain(store: Store) -> None:
    """The second statement fails, and with it the whole transaction."""
    with store.transaction():
        store.db.execute(BEGIN_A_BRANCH, ("gone",))
        store.log.branches()
        store.db.execute(BEGIN_A_BRANCH, (None,))


def remembers_a_branch_that_is_not_there(office: Office) -> bool:
    """A branch is begun in a transaction that fails; the next branch that is begun gets its number."""
    store = office.laptop().store
    with pytest.raises(sqlite3.IntegrityError):
        begin_in_vain(store)
    with store.transaction():
        store.db.execute(BEGIN_A_BRANCH, ("here",))
    return "gone" in {branch.device for branch in store.log.branches().values()}


def test_branches_of_a_transaction_that_failed_are_forgotten_with_it(office: Office) -> None:
    assert not remembers_a_branch_that_is_not_there(office)
    with spoiled("branches outlive a rollback"):
        assert remembers_a_branch_that_is_not_there(office)


# ------------------------------------------------------------------ drawing
def test_every_value_of_every_kind_is_drawn_the_same_live_and_again(tmp_path: Path) -> None:
    office = Office(tmp_path)
    anna = office.laptop()
    office.put(
        anna, "o", subject="Ёлка «в кавычках», 'ещё' \"ещё\"", date="2026-01-31", discount_percent=None, discount_sum=-5, note="две\nстроки"
    )
    office.put(anna, "l", entity="order_lines", order_id="o", quantity=10**14, price=-1, vat_percent=0)
    office.put(anna, "l", entity="order_lines", quantity=None)
    office.put(anna, "c", entity="clients", name="ООО «Ёж»", inn="7707083893")
    shown = tables(anna.store)
    anna.store.redraw()
    assert tables(anna.store) == shown
    assert value(anna, "l", "quantity", "order_lines") == 1_000_000  # a null is drawn as the field's blank
    office.close()


def test_an_older_program_keeps_what_it_does_not_know_and_passes_it_on(office: Office) -> None:
    anna, boris, vera = (office.laptop() for _ in range(3))
    office.put(anna, "o", subject="unknown to the old", note="known")
    office.put(anna, "c", entity="clients", name="unknown entity")
    use(boris, OLD)
    office.sync(anna, boris)
    assert "subject" not in (boris.store.row("orders", "o") or {})
    assert boris.store.status()["parked"] == 1
    office.lose_the_hub()
    office.sync(boris, vera)
    assert (value(vera, "o"), value(vera, "c", "name", "clients")) == ("unknown to the old", "unknown entity")
    use(boris, NEW)
    assert tables(boris.store) == tables(vera.store)


def use(laptop: Laptop, catalogue: Catalogue) -> None:
    """The folder is opened by a program with these declarations."""
    laptop.close()
    laptop.catalogue = catalogue
    laptop.open()


def test_a_row_of_which_everything_was_refused_is_nowhere(office: Office) -> None:
    vera = office.laptop("u3")
    vera.desk.do([Edit("employees", "u3", {"role": "administrator"}), Edit("orders", "p", {"subject": "x"})], "works")
    office.sync(vera)
    assert value(vera, "p") is None
    assert vera.store.one("SELECT count(*) FROM order_totals") == 0


def test_a_refused_deletion_that_counts_after_all_is_drawn(office: Office) -> None:
    """A hub that was lost and filled again may judge otherwise: it has come to know the role later, or not yet."""
    anna, vera = office.laptop(), office.laptop("u3")
    office.put(anna, "o", subject="x")
    office.sync(anna, vera)
    vera.desk.do([Edit("employees", "u3", {"role": "administrator"}), Edit("orders", "o", {"deleted": 1})], "works")
    office.sync(vera, anna)
    assert value(anna, "o", "deleted") == 0
    with anna.store.transaction():
        anna.store.db.execute("UPDATE log SET refused = ''")
        anna.store.drawing.redraw_rows({"o": "orders"})
    assert value(anna, "o", "deleted") == 1


def test_an_order_that_is_deleted_has_no_money_and_has_it_again_when_restored(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="x")
    office.put(anna, "l", entity="order_lines", order_id="o", quantity=2_000_000, price=10_000_000)
    office.put(anna, "o", deleted=1)
    assert anna.store.rows("SELECT total FROM order_totals") == []
    office.put(anna, "o", deleted=0)
    assert anna.store.rows("SELECT total FROM order_totals") == [{"total": 2000}]


# ------------------------------------------------------------------ what people read
def test_the_history_says_who_changed_what_from_which_value(office: Office) -> None:
    anna, boris = office.laptop("u1"), office.laptop("u2")
    office.put(anna, "o", subject="first")
    office.sync(anna, boris)
    office.put(boris, "o", subject="second")
    office.sync(boris, anna)
    moments = [(moment.author, moment.field, moment.before, moment.after) for moment in anna.store.history("orders", "o")]
    assert moments == [("u1", "subject", "", "first"), ("u2", "subject", "first", "second")]


def test_compaction_never_takes_what_keeps_a_row_alive(office: Office) -> None:
    """The edit that beats a deletion may have been replaced by someone who had seen both: it is still what the conflict is about."""
    anna, boris, vera = (office.laptop() for _ in range(3))
    office.put(anna, "o", subject="base")
    office.sync(anna, boris, vera)
    office.put(boris, "o", deleted=1)
    office.put(anna, "o", subject="still wanted")
    office.sync(anna, boris, vera)
    office.put(vera, "o", subject="by one who saw both")
    office.sync_all()
    assert value(office.hub, "o", "deleted") == 0
    compact(office.hub.store, office.now_ms)
    office.hub.store.redraw()
    assert value(office.hub, "o", "deleted") == 0
    assert is_open(office.hub, "o", "deleted")


def test_a_compacted_edit_keeps_a_row_against_a_deletion_that_comes_later_and_says_so(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    office.put(boris, "o", deleted=1)
    office.put(anna, "o", subject="first")
    office.put(anna, "o", subject="second")
    office.sync(anna)
    compact(anna.store, office.now_ms)
    office.sync(boris, anna)
    (conflict,) = anna.store.conflicts()
    assert {(rival.field, rival.winner) for rival in conflict.values} == {("subject", True), ("deleted", True), ("deleted", False)}


def test_compaction_on_a_laptop_trusts_no_edit_that_the_hub_may_still_refuse(office: Office) -> None:
    vera = office.laptop("u3")
    office.put(vera, "o", subject="honest")
    office.sync(vera)
    vera.desk.do([Edit("orders", "o", {"subject": "refused"}), Edit("employees", "u3", {"role": "administrator"})], "works")
    compact(vera.store, office.now_ms)
    office.sync(vera)
    assert value(vera, "o") == "honest"
    assert rivals(vera, "o") == []

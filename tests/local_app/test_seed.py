"""Reference lists: complete, correct in law, and never doubled."""

from pathlib import Path

import pytest

from local_app.seed import ORGANIZATIONS, sample_organizations, seed, seed_alone
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entity import MICRO
from shared.rules import requisites
from shared.rules.lists import UNITS, reference_lists
from shared.rules.vat import main_percent
from shared.shapes import check
from tests.support.laptops import new_desk

EVERYTHING = [*reference_lists(), *sample_organizations()]


def test_two_laptops_seed_the_same_rows_and_twice_is_once(tmp_path: Path) -> None:
    one, other = new_desk(tmp_path / "a"), new_desk(tmp_path / "b")
    assert (seed(one), seed(one), seed(other, organizations=True)) == (len(list(reference_lists())), 0, len(EVERYTHING))
    ids = "SELECT id FROM units UNION SELECT id FROM vat_rates UNION SELECT id FROM statuses UNION SELECT id FROM expense_categories"
    assert one.store.rows(ids) == other.store.rows(ids) != []
    one.close()
    other.close()


def test_what_a_person_changed_or_deleted_stays_so(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    seed(desk)
    status, unit = desk.store.one("SELECT id FROM statuses WHERE name = 'Новый'"), desk.store.one("SELECT id FROM units WHERE name = 'шт'")
    desk.do([Edit("statuses", status, {"name": "Свежий"}), Edit("units", unit, {"deleted": 1})], "Проба")
    assert (seed(desk), desk.store.one("SELECT count(*) FROM statuses WHERE name = 'Новый'")) == (0, 0)
    desk.close()


def test_a_laptop_that_works_alone_gets_the_lists_once_and_undo_passes_them_over(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    seed_alone(desk)
    assert [edit for edit in reference_lists() if desk.store.row(edit.entity, edit.row) is None] == []
    with pytest.raises(Refused):
        desk.undo()
    before = desk.store.status()["changes"]
    desk.do([Edit(edit.entity, edit.row, {"deleted": 1}) for edit in reference_lists()], "Свои справочники")
    seed_alone(desk)
    assert (desk.store.living("statuses"), desk.store.status()["changes"]) == (0, 2 * before)
    desk.close()


@pytest.mark.parametrize("edit", EVERYTHING, ids=lambda edit: f"{edit.entity}-{edit.row}")
def test_every_value_fits_its_field(edit: Edit) -> None:
    entity = ENTITIES[edit.entity]
    for name, value in edit.patch.items():
        field = entity.field(name)
        assert field is not None
        assert check(field, value) is None
    assert all(edit.patch.get(field.name) for field in entity.fields if field.required)


def test_requisites_of_the_sample_firms_agree_with_their_check_digits() -> None:
    rows = [(edit.entity, edit.patch) for edit in sample_organizations() if edit.entity != "vat_regimes"]
    assert len(rows) == 2 * len(ORGANIZATIONS)
    assert [requisites.warnings(entity, row) for entity, row in rows] == [{}] * len(rows)


def test_units_carry_their_okei_codes() -> None:
    assert {("шт", "796"), ("кг", "166"), ("т", "168"), ("м", "006"), ("усл. ед", "876")} <= {(name, code) for name, _, code in UNITS}
    assert all(len(code) == 3 and code.isdigit() for _, _, code in UNITS)


@pytest.mark.parametrize(("day", "percent"), [("2019-01-01", 20), ("2025-12-31", 20), ("2026-01-01", 22), ("2030-06-01", 22)])
def test_the_main_vat_rate_follows_the_day(tmp_path: Path, day: str, percent: int) -> None:
    desk = new_desk(tmp_path)
    seed(desk)
    assert main_percent(desk.store.rows("SELECT * FROM vat_rates"), day) == percent * MICRO
    desk.close()

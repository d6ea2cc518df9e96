"""The gate of shapes: what the wire may bring, and what it may not."""

import pytest

from shared.entities import ENTITIES
from shared.entity import MICRO, Field, Kind, Value
from shared.shapes import are_ids, check_column
from shared.values import LARGEST, LONGEST, check

BROKEN: dict[Kind, list[object]] = {
    Kind.TEXT: [None, 5, "a\nb", "a\x00", "\ud800", "x" * (LONGEST[Kind.TEXT] + 1)],
    Kind.NOTE: [None, 5, "a\x00", "x" * (LONGEST[Kind.NOTE] + 1)],
    Kind.PHONE: [None, "1\n2"],
    Kind.EMAIL: [None, 1.5],
    Kind.LINK: [None, ["x"]],
    Kind.MONEY: ["5", 1.5, True, LARGEST[Kind.MONEY] + 1, -LARGEST[Kind.MONEY] - 1],
    Kind.PRICE: ["5", 1.5, False, 10**16],
    Kind.QUANTITY: ["5", 10**15],
    Kind.PERCENT: ["5", 100 * MICRO + 1],
    Kind.INTEGER: ["5", 1.0, 10**19],
    Kind.DATE: ["", "12.03.2026", "2026-02-30", "2026-W01-1", "20260312", "2026-03-12 ", "2026-03-12T00:00", 20260312, "0026-03-12"],
    Kind.MOMENT: ["", "2026-03-12", "2026-03-12 14:05", "2026-03-12T24:00", "2026-03-12T14:05:00", "2026-02-30T10:00"],
    Kind.FLAG: [None, True, 2, "1"],
    Kind.CHOICE: [None, 1, "два слова", "x" * 65],
    Kind.REFERENCE: ["", 5, "a b", "x" * 65, "a\n"],
    Kind.DATA: [None, 5, "x" * (LONGEST[Kind.DATA] + 1)],
}
GOOD: dict[Kind, list[Value]] = {
    Kind.TEXT: ["", "ООО «Ромашка»\N{NO-BREAK SPACE}и Ко"],
    Kind.NOTE: ["", "одна\nдве\tтри"],
    Kind.PHONE: ["", "+7 916"],
    Kind.EMAIL: ["", "a@b.ru"],
    Kind.LINK: ["", r"\\server\files"],
    Kind.MONEY: [None, 0, -5, LARGEST[Kind.MONEY]],
    Kind.PRICE: [None, 33333333],
    Kind.QUANTITY: [None, -195000],
    Kind.PERCENT: [None, 100 * MICRO, -5],
    Kind.INTEGER: [None, 7],
    Kind.DATE: [None, "2026-03-12", "2028-02-29"],
    Kind.MOMENT: [None, "2026-03-12T14:05"],
    Kind.FLAG: [0, 1],
    Kind.CHOICE: ["", "on_top", "a_key_of_tomorrow"],
    Kind.REFERENCE: [None, "0192f0c1-aaaa-7bbb-8ccc-1234567890ab"],
    Kind.DATA: ["", '{"a": 1}'],
}


@pytest.mark.parametrize("kind", Kind)
def test_the_wire_may_bring_only_values_of_the_right_shape(kind: Kind) -> None:
    field = Field("field", kind, "Поле")
    assert [value for value in GOOD[kind] if check(field, value)] == []
    assert [value for value in BROKEN[kind] if not check(field, value)] == []  # type: ignore[arg-type] # the wire brings anything


@pytest.mark.parametrize("kind", Kind)
def test_a_column_is_right_when_each_of_its_values_is(kind: Kind) -> None:
    field = Field("field", kind, "Поле")
    assert check_column(field, []) is None
    assert check_column(field, GOOD[kind] * 3) is None
    for broken in BROKEN[kind]:
        assert check_column(field, [*GOOD[kind], broken]) == check(field, broken)  # type: ignore[arg-type, list-item]


def test_a_wrong_value_does_not_hide_behind_an_equal_one() -> None:
    assert check_column(Field("flag", Kind.FLAG, "Флаг"), [1, True])
    assert check_column(Field("number", Kind.INTEGER, "Число"), [7, 7.0])  # type: ignore[list-item]


def test_a_line_break_does_not_make_two_right_values_of_a_wrong_one() -> None:
    assert check_column(Field("other", Kind.REFERENCE, "Другой"), ["abc\ndef"])
    assert check_column(Field("choice", Kind.CHOICE, "Выбор"), ["a\nb", ""])
    assert not are_ids(["abc\ndef"])
    assert are_ids(["abc", "def"])


def test_every_declared_blank_passes_the_check() -> None:
    fields = [field for entity in ENTITIES.values() for field in entity.fields]
    assert [field.name for field in fields if check(field, field.blank)] == []

"""Two people's changes to one long text are put together line by line."""

from hypothesis import given
from hypothesis import strategies as st

from shared.rules.textmerge import merge_texts

BASE = "Поставка до пятницы.\nКонтакт: Иванов.\nОплата по счёту."


def test_changes_of_different_lines_both_stand() -> None:
    mine = BASE.replace("пятницы", "среды")
    theirs = BASE.replace("Иванов", "Петров")
    assert merge_texts(BASE, mine, theirs) == ("Поставка до среды.\nКонтакт: Петров.\nОплата по счёту.", True)


def test_two_additions_at_the_end_both_stand_and_are_to_be_looked_at() -> None:
    merged = merge_texts(BASE, BASE + "\nЗвонить утром.", BASE + "\nПропуск заказан.")
    assert merged == (BASE + "\nЗвонить утром.\nПропуск заказан.", False)


def test_the_same_line_changed_twice_shows_both() -> None:
    merged = merge_texts(BASE, BASE.replace("пятницы", "среды"), BASE.replace("пятницы", "субботы"))
    assert merged == ("Поставка до среды.\nПоставка до субботы.\nКонтакт: Иванов.\nОплата по счёту.", False)


def test_an_insertion_beside_a_changed_line_keeps_both() -> None:
    merged = merge_texts("а\nб\nв", "а\nб\nновое\nв", "а\nб\nВ")
    assert merged.text == "а\nб\nновое\nВ"


LINES = st.lists(st.sampled_from(["а", "б", "в", "г", ""]), max_size=6).map("\n".join)


@given(LINES, LINES)
def test_one_side_alone_wins_wholly(base: str, other: str) -> None:
    assert merge_texts(base, other, base) == (other, True)
    assert merge_texts(base, base, other) == (other, True)
    assert merge_texts(base, other, other) == (other, True)


@given(LINES, LINES, LINES)
def test_no_line_of_either_side_is_lost_silently(base: str, mine: str, theirs: str) -> None:
    merged, clean = merge_texts(base, mine, theirs)
    lines = set(merged.split("\n"))
    new = (set(mine.split("\n")) | set(theirs.split("\n"))) - set(base.split("\n"))
    assert new <= lines
    assert clean or mine != theirs

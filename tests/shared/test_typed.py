"""What a complaint of a command repeats of what was typed."""

from shared.typed import LONGEST, complaint


def test_a_complaint_is_one_line_with_the_beginning_of_what_it_quotes() -> None:
    text = "слово " * 1_000
    assert complaint(f"Клиент «{text}»\nне найден: укажите id") == f"Клиент «{text[:LONGEST]}…» не найден: укажите id"
    assert complaint(f"Не найдено: /{'x' * 1_000}. Проверьте") == f"Не найдено: /{'x' * (LONGEST - 1)}… Проверьте"


def test_a_long_sentence_without_a_quotation_and_a_usual_path_are_told_whole() -> None:
    words = f"Нет прав на «/home/{'папка/' * 20}zakaznik.sqlite». " + "Есть: clients, orders, products. " * 20
    assert complaint(words) == words.strip()

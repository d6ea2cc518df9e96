"""What a sync says of itself while it runs: changes, a snapshot, a file; in the header's words and as a command's progress."""

from __future__ import annotations

import pytest

from local_app.moving import Moving, told_as

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("moving", "words"),
    [
        (Moving("Отправлено", 12_000, 60_000), "Отправлено 12 000 из 60 000"),
        (Moving("Снимок данных", 4 * MB, 12 * MB, in_bytes=True), "Снимок данных: 4 из 12 МБ"),
        (Moving("Файл «Чертёж.pdf»", 3 * MB, 10 * MB, in_bytes=True), "Файл «Чертёж.pdf»: 3 из 10 МБ"),
        (Moving("Файл «Чертёж.pdf»", 512 * 1024, 10 * MB, in_bytes=True), "Файл «Чертёж.pdf»: 512 КБ из 10 МБ"),
        (Moving("Снимок данных проверяется", 0, 0), "Снимок данных проверяется…"),
    ],
)
def test_the_header_says_what_moves_and_how_far(moving: Moving, words: str) -> None:
    assert str(moving).replace("\N{NO-BREAK SPACE}", " ") == words


def test_a_terminal_is_told_the_same_in_whole_kilobytes() -> None:
    told: list[tuple[str, int, int]] = []
    report = told_as(lambda *what: told.append(what))
    report(Moving("Получено", 5, 9))
    report(Moving("Файл «Чертёж.pdf»", 3 * MB, 10 * MB, in_bytes=True))
    assert told == [("Получено", 5, 9), ("Файл «Чертёж.pdf», КБ", 3072, 10240)]

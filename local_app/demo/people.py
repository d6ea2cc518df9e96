"""Who works in the demo."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    """A user of the demo."""

    login: str
    name: str
    role: str
    role_name: str

    @property
    def password(self) -> str:
        return f"demo-{self.login}"


PEOPLE = (
    Person("admin", "Ирина Волкова", "administrator", "администратор"),
    Person("orlova", "Мария Орлова", "manager", "руководитель"),
    Person("petrova", "Анна Петрова", "salesperson", "менеджер по продажам"),
    Person("smirnov", "Борис Смирнов", "salesperson", "менеджер по продажам"),
)

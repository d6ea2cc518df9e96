"""The page of users: who has an account, with which role; a new one, another role, another password, closing."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.change import Refused
from sync_server import people
from sync_server.access import Access, User
from sync_server.hub import Hub

Answer = str | Response | tuple[str, int]
DONE = {
    "added": "Пользователь добавлен. Теперь выдайте ему код подключения.",
    "role": "Роль изменена.",
    "password": "Пароль изменён, открытые сеансы пользователя завершены.",
    "closed": "Учётная запись закрыта: вход и синхронизация больше невозможны.",
    "opened": "Учётная запись снова действует.",
}
LOWERED = ("Сменить свою роль", "Страницы управления вам больше не откроются. Вернуть роль сможет только другой администратор.")
SHUT_OUT = (
    "Закрыть свой доступ",
    "Вы сразу выйдете и больше не войдёте, ваши ноутбуки перестанут обмениваться. Открыть доступ снова сможет только другой администратор.",
)


def add_users(pages: Blueprint, hub: Hub, access: Access) -> None:
    def page(trouble: str = "", status: int = 200) -> tuple[str, int]:
        told = DONE.get(request.args.get("done", ""), "")
        return render_template("users.html", users=access.users.all(), trouble=trouble, done=told, typed=request.form), status

    @pages.get("/users")
    def users() -> Answer:
        return page()

    @pages.post("/users")
    def add_user() -> Answer:
        form = request.form
        try:
            people.add_user(hub, access, form.get("login", ""), form.get("name", ""), form.get("role", ""), form.get("password", ""))
        except Refused as trouble:
            return page(str(trouble), 400)
        return done("added")

    add_rights(pages, hub, access)


def add_rights(pages: Blueprint, hub: Hub, access: Access) -> None:
    """What an account that exists may do."""

    @pages.post("/users/<user_id>/role")
    def set_role(user_id: str) -> Answer:
        user, role = access.users.get(user_id), request.form.get("role", "")
        if role != "administrator" and is_own(user):
            return question(access, LOWERED)
        people.set_role(hub, access, user, role)
        return done("role")

    @pages.post("/users/<user_id>/password")
    def set_user_password(user_id: str) -> Answer:
        access.users.set_password(access.users.get(user_id), request.form.get("password", ""))
        return done("password")

    @pages.post("/users/<user_id>/close")
    def close_user(user_id: str) -> Answer:
        user = access.users.get(user_id)
        if is_own(user):
            return question(access, SHUT_OUT)
        access.users.set_closed(user, closed=True)
        access.codes.withdraw(user_id)
        return done("closed")

    @pages.post("/users/<user_id>/open")
    def open_user(user_id: str) -> Answer:
        access.users.set_closed(access.users.get(user_id), closed=False)
        return done("opened")


def done(word: str) -> Response:
    return redirect(url_for("pages.users", done=word))


def is_own(user: User) -> bool:
    """Whether administrators are about to lock themselves out, which nobody can take back alone, and have not been asked yet."""
    return user.id == g.session.user.id and not request.form.get("sure")


def question(access: Access, words: tuple[str, str]) -> str:
    """Refused: there would be no administrator, so nothing is to be asked."""
    access.users.check_not_last(g.session.user)
    return render_template("own.html", title_of_act=words[0], words=words[1], role=request.form.get("role", ""))

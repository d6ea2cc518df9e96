"""The page of users: who has an account, with which role; a new one, another role, another password, closing."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.change import Refused
from sync_server import people
from sync_server.access import Access
from sync_server.hub import Hub

Answer = str | Response | tuple[str, int]
DONE = {
    "added": "Пользователь добавлен. Теперь выдайте ему код подключения.",
    "role": "Роль изменена.",
    "password": "Пароль изменён, открытые сеансы пользователя завершены.",
    "closed": "Учётная запись закрыта: вход и синхронизация больше невозможны.",
    "opened": "Учётная запись снова действует.",
}


def add_users(pages: Blueprint, hub: Hub, access: Access) -> None:
    def page(trouble: str = "", status: int = 200) -> tuple[str, int]:
        done = DONE.get(request.args.get("done", ""), "")
        return render_template("users.html", users=access.users.all(), trouble=trouble, done=done, typed=request.form), status

    def done(word: str) -> Response:
        return redirect(url_for("pages.users", done=word))

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

    @pages.post("/users/<user_id>/role")
    def set_role(user_id: str) -> Answer:
        people.set_role(hub, access, access.users.get(user_id), request.form.get("role", ""))
        return done("role")

    @pages.post("/users/<user_id>/password")
    def set_user_password(user_id: str) -> Answer:
        access.users.set_password(access.users.get(user_id), request.form.get("password", ""))
        return done("password")

    @pages.post("/users/<user_id>/close")
    def close_user(user_id: str) -> Answer:
        access.users.set_closed(access.users.get(user_id), closed=True)
        access.codes.withdraw(user_id)
        return done("closed")

    @pages.post("/users/<user_id>/open")
    def open_user(user_id: str) -> Answer:
        access.users.set_closed(access.users.get(user_id), closed=False)
        return done("opened")

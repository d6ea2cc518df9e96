"""The page of enrolment codes: a new one as text and as a QR picture, shown once; those that still wait."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import uuid4

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from sync_server.access import Access

LOCAL = ("localhost", "127.0.0.1", "::1")
"""Addresses of a hub that is looked at from its own machine, or through a tunnel: to a laptop they mean the laptop."""


def add_codes(pages: Blueprint, access: Access) -> None:
    @pages.get("/codes")
    def codes() -> str:
        users = access.users.all()
        names = {user.id: f"{user.name} ({user.login})" for user in users}  # two people may bear one name
        givable, form = [user for user in users if not user.closed], uuid4().hex
        return render_template("codes.html", users=givable, waiting=access.codes.waiting(), names=names, form=form)

    @pages.post("/codes")
    def issue_code() -> str:
        user = access.users.get(request.form.get("user", ""))
        code, address = access.issue_code(user, request.form.get("form", "")), request.host_url.rstrip("/")
        local = urlsplit(address).hostname in LOCAL
        return render_template("code.html", user=user, code=code, address=address, local=local, picture=picture(f"{address} {code}"))

    @pages.post("/codes/<user_id>/withdraw")
    def withdraw_codes(user_id: str) -> Response:
        access.codes.withdraw(user_id)
        return redirect(url_for("pages.codes"))


def picture(text: str) -> Markup:
    """The text as a QR code in SVG, dark on white in both colour schemes."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=5, border=3, dark="#1b2430", light="#ffffff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - drawn by segno from our own code, the text is not in it

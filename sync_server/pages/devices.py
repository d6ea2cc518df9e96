"""The page of devices: whose they are, when they came last, what waits on them; revoking one, and its data with it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sync_server.access import Access

Answer = str | Response


def add_devices(pages: Blueprint, access: Access) -> None:
    @pages.get("/devices")
    def devices() -> Answer:
        owners = {user.id: user for user in access.users.all()}
        done = "Доступ устройства отозван: сервер больше его не примет." if request.args.get("done") else ""
        return render_template("devices.html", devices=access.devices.all(), owners=owners, done=done)

    @pages.post("/devices/<device_id>/revoke")
    def revoke(device_id: str) -> Answer:
        access.devices.revoke(access.devices.get(device_id), wipe=bool(request.form.get("wipe")))
        return redirect(url_for("pages.devices", done=1))

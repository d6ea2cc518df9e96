"""The page of devices: whose they are, when they came last, what waits on them; renaming one, revoking one, and its data with it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sync_server.access import Access

Answer = str | Response
DONE = {"revoked": "Доступ устройства отозван: сервер больше его не примет.", "renamed": "Устройство переименовано."}


def add_devices(pages: Blueprint, access: Access) -> None:
    @pages.get("/devices")
    def devices() -> Answer:
        owners = {user.id: user for user in access.users.all()}
        done = DONE.get(request.args.get("done", ""), "")
        return render_template("devices.html", devices=access.devices.all(), owners=owners, done=done)

    @pages.post("/devices/<device_id>/revoke")
    def revoke(device_id: str) -> Answer:
        access.devices.revoke(access.devices.get(device_id), wipe=bool(request.form.get("wipe")))
        return redirect(url_for("pages.devices", done="revoked"))

    @pages.post("/devices/<device_id>/rename")
    def rename(device_id: str) -> Answer:
        access.devices.rename(access.devices.get(device_id), request.form.get("label", ""))
        return redirect(url_for("pages.devices", done="renamed"))

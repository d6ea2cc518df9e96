"""The pages of devices: whose they are, when they came last, what waits on them, what they brought for others; renaming, revoking."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.entities import ENTITIES
from sync_server import bringing
from sync_server.access import Access
from sync_server.hub import Hub

Answer = str | Response
UNNAMED = "Без имени"
DONE = {"revoked": "Доступ устройства отозван: сервер больше его не примет.", "renamed": "Устройство переименовано."}


def add_devices(pages: Blueprint, hub: Hub, access: Access) -> None:
    @pages.get("/devices")
    def devices() -> Answer:
        owners = {user.id: user for user in access.users.all()}
        done = DONE.get(request.args.get("done", ""), "")
        with hub.lock:
            brought = bringing.counts(hub.store)
        return render_template("devices.html", devices=access.devices.all(), owners=owners, done=done, brought=brought)

    @pages.get("/devices/<device_id>/brought")
    def brought(device_id: str) -> Answer:
        device = access.devices.get(device_id)
        with hub.lock:
            count, found = bringing.counts(hub.store).get(device.id, 0), bringing.newest(hub.store, device.id)
        return render_template("brought.html", device=device, count=count, found=found, named=names(hub, access), entities=ENTITIES)

    @pages.get("/devices/<device_id>/revoke")
    def revoking(device_id: str) -> Answer:
        """Asked first: it cannot be undone, and one click in a list is made by mistake."""
        device = access.devices.get(device_id)
        return render_template("revoke.html", device=device, owner=access.users.find(device.user))

    @pages.post("/devices/<device_id>/revoke")
    def revoke(device_id: str) -> Answer:
        access.devices.revoke(access.devices.get(device_id), wipe=bool(request.form.get("wipe")))
        return redirect(url_for("pages.devices", done="revoked"))

    @pages.post("/devices/<device_id>/rename")
    def rename(device_id: str) -> Answer:
        access.devices.rename(access.devices.get(device_id), request.form.get("label", ""))
        return redirect(url_for("pages.devices", done="renamed"))


def names(hub: Hub, access: Access) -> dict[str, str]:
    """What people are called, by their id. The name of an account is the hub's own; any laptop may write that of an employee."""
    employees = {row["id"]: row["name"] for row in hub.rows("SELECT id, name FROM employees WHERE name <> ''")}
    return {**employees, **{user.id: user.name for user in access.users.all()}, "": UNNAMED}

"""Every screen of the program and its address: a new screen is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from local_app.pages import (
    calendar,
    client,
    clients,
    directory,
    duplicates,
    home,
    loading,
    manual,
    order,
    orders,
    product,
    products,
    reports,
    settings,
    sync,
    template,
)
from local_app.pages.lists import with_lists
from local_app.widgets.manual import PATH

SCREENS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "/": home.page,
        "/clients": clients.page,
        "/clients/import": loading.clients,
        "/clients/{row}": with_lists(client.page),
        "/orders": with_lists(orders.page),
        "/orders/import": with_lists(loading.orders),
        "/orders/{row}": with_lists(order.page),
        "/products": products.page,
        "/products/import": with_lists(loading.products),
        "/products/{row}": with_lists(product.page),
        "/calendar": calendar.page,
        "/reports": reports.page,
        "/reports/{name}": reports.one,
        "/directory": with_lists(directory.page),
        "/directory/templates/{row}": with_lists(template.page),
        "/directory/{name}": with_lists(directory.register),
        "/directory/{name}/{row}": with_lists(directory.card),
        "/duplicates": duplicates.page,
        "/sync": sync.page,
        "/settings": settings.page,
        PATH: manual.page,
    }
)

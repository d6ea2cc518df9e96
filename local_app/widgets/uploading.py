"""Files on their way from the page."""

from __future__ import annotations

from nicegui import ui

DROP = (
    "(event) => {{ event.preventDefault(); event.currentTarget.classList.remove('over'); "
    "const files = event.dataTransfer.files; if (files.length) getElement({id}).$refs.qRef.addFiles(files) }}"
)
"""What a place does with files that are dropped on it; `id` is of its upload."""


def forget_what_has_come(upload: ui.upload) -> None:
    """A file that has come can be chosen again. The page does it by itself, and to that file alone: others are still on their way."""
    upload.on("uploaded", js_handler=f"() => runMethod({upload.id}, 'removeUploadedFiles', [])")

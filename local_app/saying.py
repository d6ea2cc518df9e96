"""What the operating system says, in the user's words: for the window's start and the command line alike."""

from __future__ import annotations

import errno

from shared.system import OR_OPEN


def of_the_system(error: OSError) -> str:
    """What the operating system says, in plain words."""
    place = f" {error.filename}" if error.filename else ""
    known = {
        errno.ENOSPC: f"На диске кончилось место{place}. Освободите место и повторите: записанное раньше цело",
        errno.EDQUOT: f"Исчерпана квота диска{place}. Освободите место и повторите: записанное раньше цело",
        errno.EACCES: f"Нет прав на{place or ' файл'}{OR_OPEN}. Проверьте права на папку и файл",
        errno.EPERM: f"Нет прав на{place or ' файл'}. Проверьте права на папку и файл",
        errno.EROFS: f"Диск только для чтения:{place}. Укажите другую папку",
        errno.ENOENT: f"Не найдено:{place}. Проверьте имя и папку",
        errno.EADDRINUSE: "Порт занят другой программой. Укажите другой: --port",
        errno.ENOTDIR: f"Это не папка:{place}",
        errno.EEXIST: f"Это файл, а нужна папка:{place}",
        errno.ENAMETOOLONG: f"Имя файла или папки «{error.filename}» слишком длинное. Укажите короче",
        errno.EISDIR: f"Это папка, а нужен файл:{place}",
    }
    return known.get(error.errno or 0, f"Система отказала: {error.strerror or error}{place}")

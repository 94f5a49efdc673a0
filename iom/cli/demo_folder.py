"""A demo's data folder: held by one demo at a time, wiped only if a demo made it. Knows nothing of its content."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iom.refusals import Refused

LOCK = "demo.lock"
"""Held while a demo runs, by the system, so that it is free again however the demo ends. Its presence says: ours."""


@contextmanager
def held(folder: Path, *, fresh: bool) -> Iterator[None]:
    """Hold the folder, made if need be and emptied if ``fresh``.

    Raises Refused: folder_unusable, folder_not_ours, demo_already_running.
    """
    lock = folder / LOCK
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)  # root's PostgreSQL must pass through
        ours = lock.exists() or not any(folder.iterdir())
        if not ours:
            sentence = (
                f"{folder} holds other things and was not made by a demo. Name a new or an empty folder."
            )
            raise Refused("folder_not_ours", sentence)
        file = lock.open("a")
    except OSError as error:
        sentence = f"{folder} cannot be the data folder: {error.strerror}. Name another with --data-dir."
        raise Refused("folder_unusable", sentence) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sentence = (
                f"A demo is running on {folder} already. Stop it, or name another folder with --data-dir."
            )
            raise Refused("demo_already_running", sentence) from None
        if fresh:
            _empty(folder)
        yield


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()

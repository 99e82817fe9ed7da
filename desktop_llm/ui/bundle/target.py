"""Where a bundle is made: a new folder, or a new one in a folder that holds something already."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from desktop_llm.models.bundle.manifest import MANIFEST
from desktop_llm.ui.network.network_checks import Grade, Remark

translate = QCoreApplication.translate


def target_in(text: str, today: date) -> Path:
    """The folder that the bundle becomes. Raises OSError where the one named cannot be looked into."""
    named = Path(text.strip()).expanduser()
    if not named.is_dir():
        return named
    with os.scandir(named) as entries:
        if next(entries, None) is None:
            return named
    name = f"desktop-llm-models-{today.isoformat()}"
    places = (named / (name if number == 1 else f"{name}-{number}") for number in range(1, 1000))
    return next((place for place in places if not place.exists()), named / name)


def check_target(text: str, today: date) -> Remark:
    """What becomes of a folder that was typed or chosen."""
    named = Path(text.strip()).expanduser()
    if not text.strip():
        words = translate(
            "bundle_target", "As a stick, or a folder that both computers reach. A new folder is made there."
        )
        return Remark(Grade.FINE, words)
    if not named.is_absolute():
        return Remark(Grade.WRONG, translate("bundle_target", "The folder's whole path is needed."))
    try:
        if named.exists() and not named.is_dir():
            return Remark(Grade.WRONG, translate("bundle_target", "This is a file and no folder."))
        target = target_in(text, today)
    except OSError:
        return Remark(Grade.WRONG, translate("bundle_target", "This folder cannot be read."))
    return Remark(Grade.FINE, translate("bundle_target", "The bundle becomes {path}").format(path=target))


def check_bundle(text: str) -> Remark:
    """Whether a folder could be a bundle; nothing of it is read."""
    folder = Path(text.strip()).expanduser()
    if not text.strip():
        return Remark(Grade.FINE, translate("bundle_target", "The folder that was carried, with manifest.json in it."))
    if not folder.is_dir():
        return Remark(Grade.WRONG, translate("bundle_target", "There is no such folder."))
    if not (folder / MANIFEST).exists():
        return Remark(
            Grade.MIND, translate("bundle_target", "There is no manifest.json in it: it may be the folder inside.")
        )
    return Remark(Grade.FINE, translate("bundle_target", "Nothing of it is read before its signature is proven."))

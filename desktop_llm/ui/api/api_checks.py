"""What is wrong with, or worth knowing of, what somebody typed about the local API."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

from desktop_llm.ui.network.network_checks import Grade, Remark

translate = QCoreApplication.translate

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def check_hosts(text: str) -> Remark:
    """Names of this computer in the network."""
    wrong = [name for name in _names(text) if not _NAME.fullmatch(name)]
    if wrong:
        words = translate("api_checks", "{name} is no name of a computer. It was not kept.")
        return Remark(Grade.WRONG, words.format(name=wrong[0]))
    return _said(text, translate("api_checks", "Only its addresses, and localhost."))


def check_origins(text: str) -> Remark:
    """Web pages, exactly."""
    for origin in _names(text):
        if not _is_origin(origin):
            words = translate(
                "api_checks", "{name} is no origin of a web page, as https://app.example is. It was not kept."
            )
            return Remark(Grade.WRONG, words.format(name=origin))
    if not _names(text):
        return Remark(Grade.FINE, translate("api_checks", "No web page may use it."))
    return Remark(Grade.MIND, translate("api_checks", "These pages may use it from a browser, if they hold a key."))


def check_models(names: Callable[[], tuple[str, ...]]) -> Callable[[str], Remark]:
    """Models by name."""

    def check(text: str) -> Remark:
        known = {name.casefold() for name in names()}
        unknown = [name for name in _names(text) if name.casefold() not in known]
        if unknown:
            words = translate("api_checks", "There is no model {name} here now.")
            return Remark(Grade.MIND, words.format(name=unknown[0]))
        return _said(text, translate("api_checks", "All models on this computer."))

    return check


def check_aliases(names: Callable[[], tuple[str, ...]]) -> Callable[[str], Remark]:
    """Pairs of a name and the model it stands for."""

    def check(text: str) -> Remark:
        pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
        if any(not alias.strip() or not name.strip() for alias, _, name in pairs):
            words = translate("api_checks", "Write each as name=model. It was not kept.")
            return Remark(Grade.WRONG, words)
        return check_models(names)(",".join(name for _, _, name in pairs)) if pairs else _own_names()

    return check


def check_pem(text: str) -> Remark:
    """A file in PEM, or none."""
    if not text:
        return Remark(Grade.FINE, translate("api_checks", "One is made for this computer."))
    return _is_file(text)


def check_pem_key(text: str) -> Remark:
    """The key of a certificate in PEM, or none."""
    if not text:
        return Remark(Grade.FINE, translate("api_checks", "It stands in the certificate's file."))
    return _is_file(text)


def check_socket(text: str) -> Remark:
    """A path for a Unix socket, or none."""
    if not text:
        return Remark(Grade.FINE, translate("api_checks", "It listens on the port."))
    if not Path(text).expanduser().parent.is_dir():
        return Remark(Grade.WRONG, translate("api_checks", "Its folder does not exist. It was not kept."))
    return Remark(Grade.FINE, translate("api_checks", "Only this user's programs reach it; the port is closed."))


def _is_file(text: str) -> Remark:
    if not Path(text).expanduser().is_file():
        return Remark(Grade.WRONG, translate("api_checks", "There is no such file. It was not kept."))
    return Remark(Grade.FINE, "")


def _own_names() -> Remark:
    return Remark(Grade.FINE, translate("api_checks", "Only the models' own names."))


def _names(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _said(text: str, empty: str) -> Remark:
    return Remark(Grade.FINE, "" if text.strip() else empty)


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and text == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False

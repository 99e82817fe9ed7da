"""ApiSettings: where the local API listens, for whom, and its limits."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.services import Services
from desktop_llm.settings import Value
from desktop_llm.ui.api.api_checks import (
    check_aliases,
    check_hosts,
    check_models,
    check_origins,
    check_pem,
    check_pem_key,
    check_socket,
)
from desktop_llm.ui.api.api_watch import ApiWatch
from desktop_llm.ui.network.checked_field import CheckedField
from desktop_llm.ui.network.network_checks import Remark
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconLabel, IconTextButton, Label
from desktop_llm.ui.widgets.setting_rows import SettingRows
from desktop_llm.ui.widgets.theme import GRID

_HERE, _EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104  offered, never the default; TLS and a key are required


class ApiSettings(QWidget):
    """Each field is kept as soon as it is right, and taken over when the API is started the next time."""

    def __init__(self, services: Services, appearance: Appearance, watch: ApiWatch) -> None:
        super().__init__()
        self._settings, self._appearance, self._watch = services.settings, appearance, watch
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self.rows = SettingRows(column, services.settings, appearance, self._keep)
        self.fields: dict[str, CheckedField] = {}
        #: Stands where it is always seen: the page places it.
        self.changed_note = QWidget(self)
        self.apply_button = IconTextButton(appearance, "refresh", self.tr("Take over now"))
        self.apply_button.clicked.connect(self._apply)
        self._build_note()
        self._add_where()
        self._add_encryption()
        self._add_whom(services)
        self._add_limits()
        watch.changed.connect(self._follow)
        self._is_changed = False
        self._follow()

    @property
    def controls(self) -> dict[str, QWidget]:
        """By setting."""
        return self.rows.controls

    def _add_where(self) -> None:
        kept = self._settings.text("server_host")
        choices = [
            (_HERE, self.tr("This computer only")),
            (_EVERYWHERE, self.tr("Other computers too")),
        ]
        if kept not in {_HERE, _EVERYWHERE}:
            choices.append((kept, kept))
        self.host = self.rows.choice(
            "server_host",
            self.tr("Reached from"),
            self.tr("Other computers are served over an encrypted connection only (TLS)."),
            tuple(choices),
        )
        self.rows.number("server_port", self.tr("Port"), "").setGroupSeparatorShown(False)
        if sys.platform != "win32":
            self._add_field(
                "server_socket",
                self.tr("Unix socket instead of the port"),
                self.tr("A path, for programs of this user alone."),
                check_socket,
            )

    def _add_encryption(self) -> None:
        self.tls = self.rows.flag(
            "server_tls", self.tr("Encrypted connection (TLS)"), self.tr("Needed for other computers.")
        )
        help_text = self.tr("PEM. Empty: one is made for this computer, and its fingerprint is shown above.")
        own = self._add_field("server_certificate", self.tr("Certificate"), help_text, check_pem)
        own.add_chooser(self.tr("Choose a certificate"), is_folder=False)
        key = self._add_field("server_certificate_key", self.tr("The certificate's private key"), "", check_pem_key)
        key.add_chooser(self.tr("Choose the certificate's private key"), is_folder=False)

    def _add_whom(self, services: Services) -> None:
        self._add_field(
            "server_models",
            self.tr("Models that are offered"),
            self.tr("Names with commas between."),
            check_models(lambda: tuple(offered.name for offered in services.pool.names())),
        )
        self._add_field(
            "server_aliases",
            self.tr("Further names for models"),
            self.tr("For programs that ask for a fixed name, as gpt-4o=starter, with commas between."),
            check_aliases(lambda: tuple(offered.name for offered in services.pool.names())),
        )
        self._add_field(
            "server_hosts",
            self.tr("Further names of this computer"),
            self.tr("By which other programs ask for it. Requests for any other name are refused."),
            check_hosts,
        )
        self._add_field(
            "server_origins",
            self.tr("Web pages that may use it"),
            self.tr("Exactly as the browser names them, as https://app.example."),
            check_origins,
        )

    def _add_limits(self) -> None:
        self.rows.number("server_connections", self.tr("Connections at once"), "")
        self.rows.number(
            "server_queue",
            self.tr("Requests that may wait"),
            self.tr("Any further one is told to come back later."),
        )
        self.rows.number(
            "server_idle_minutes",
            self.tr("Unload an unused model after, in minutes"),
            self.tr("Only models that the API loaded; the one in the window stays."),
            self.tr("Never"),
        )

    def _add_field(self, name: str, label: str, help_text: str, check: Callable[[str], Remark]) -> CheckedField:
        field = CheckedField(self._appearance, label, check, lambda text: self._keep_text(name, text))
        field.set_text(self._settings.text(name))
        self.rows.below(name, label, help_text, field, field.field)
        self.fields[name] = field
        return field

    def _keep_text(self, name: str, text: str) -> bool:
        return text == self._settings.text(name) or self._keep(name, text)

    def _keep(self, name: str, value: Value) -> bool:
        if not self._watch.keep(name, value):
            return False
        if name == "server_host" and value == _EVERYWHERE:
            self.tls.setChecked(True)
        self._is_changed = self._watch.serving is not None
        self._follow()
        return True

    def _apply(self) -> None:
        self._is_changed = False
        self._watch.restart()
        self._follow()

    def _follow(self) -> None:
        if self._watch.serving is None:
            self._is_changed = False
        self.changed_note.setVisible(self._is_changed)

    def _build_note(self) -> None:
        card = QFrame()
        card.setProperty("part", "banner")
        row = QHBoxLayout(card)
        row.setContentsMargins(GRID * 2, GRID, GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(IconLabel(self._appearance, "info"), 0, Qt.AlignmentFlag.AlignVCenter)
        words = self.tr("The changes count from the next start of the API on. Taking them over now ends what runs.")
        row.addWidget(Label(words, "small", wraps=True), 1)
        row.addWidget(self.apply_button)
        around = QVBoxLayout(self.changed_note)
        around.setContentsMargins(GRID * 3, GRID, GRID * 3, GRID * 2)
        around.addWidget(card)

"""NetworkSettings: the part of the settings page that is about the world outside this computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_llm.keychain import Secret
from desktop_llm.models.hub.gate import DEFAULT_ENDPOINT
from desktop_llm.services import Services
from desktop_llm.ui.network.checked_field import CheckedField
from desktop_llm.ui.network.network_checks import (
    Remark,
    check_ca_file,
    check_endpoint,
    check_exceptions,
    check_proxy,
    check_proxy_user,
)
from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.network.offline_switch import OfflineSwitch
from desktop_llm.ui.network.secret_field import SecretField
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_box import RealNumberBox
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.setting_rows import SettingRows
from desktop_llm.ui.widgets.theme import GRID

_LIMIT = "download_limit_mb_per_s"


class NetworkSettings(QWidget):
    """Each field is kept as soon as it is right; secrets go to the system's keychain and nowhere else."""

    def __init__(self, services: Services, appearance: Appearance, network: NetworkWatch) -> None:
        super().__init__()
        self._settings, self._appearance, self._network = services.settings, appearance, network
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID // 2)
        self.switch = OfflineSwitch(appearance, network)
        self._column.addWidget(self.switch)
        self.controls: dict[str, QWidget] = {"offline": self.switch.box}
        self.endpoint = self._add_field("hub_endpoint", self.tr("Address of the model hub"), "", check_endpoint)
        self.endpoint.field.setPlaceholderText(DEFAULT_ENDPOINT)
        self.token = self._add_secret(
            services,
            Secret.HUB,
            self.tr("Access token"),
            self.tr("For models whose licence has to be accepted first. It is sent to the hub only."),
        )
        self.proxy = self._add_field(
            "proxy",
            self.tr("Proxy"),
            self.tr("As http://proxy:3128. Empty: as the system says. The word none: no proxy."),
            check_proxy,
        )
        self.proxy_user = self._add_field("proxy_user", self.tr("User name at the proxy"), "", check_proxy_user)
        self.proxy_password = self._add_secret(services, Secret.PROXY, self.tr("Password at the proxy"), "")
        self.proxy_exceptions = self._add_field(
            "proxy_exceptions",
            self.tr("Hosts reached without the proxy"),
            self.tr("With commas between them."),
            check_exceptions,
        )
        self.ca_file = self._add_field(
            "ca_file",
            self.tr("File of certificates to trust"),
            self.tr("Needed where a company inspects encrypted connections (PEM)."),
            check_ca_file,
        )
        self.ca_file.add_chooser(self.tr("Choose a file of certificates"), is_folder=False)
        self.limit = self._add_limit(
            self.tr("Speed of downloads, in MB per second"),
            self.tr("For all downloads together, so that others on the line keep their share."),
        )
        network.changed.connect(self._show_use)
        self._show_use()

    def _add_field(self, name: str, label: str, help_text: str, check: Callable[[str], Remark]) -> CheckedField:
        field = CheckedField(self._appearance, label, check, lambda text: self._keep(name, text))
        kept = self._settings.text(name)
        field.set_text("" if name == "hub_endpoint" and kept == DEFAULT_ENDPOINT else kept)
        self._add_words(label, help_text, field.field)
        self._column.addWidget(field)
        self.controls[name] = field.field
        return field

    def _add_secret(self, services: Services, secret: Secret, label: str, help_text: str) -> SecretField:
        field = SecretField(self._appearance, services.keychain, secret, label)
        self._add_words(label, help_text, field.field)
        self._column.addWidget(field)
        return field

    def _add_limit(self, label: str, help_text: str) -> RealNumberBox:
        rows = SettingRows(self._column, self._settings, self._appearance, self._network.keep)
        self._column.addSpacing(GRID)
        box = rows.real(_LIMIT, label, help_text, self.tr("No limit"))
        box.setSingleStep(0.5)
        self.controls |= rows.controls
        return box

    def _add_words(self, label: str, help_text: str, buddy: QWidget) -> None:
        title = Label(label, wraps=True)
        title.setBuddy(buddy)
        self._column.addSpacing(GRID)
        self._column.addWidget(title)
        if help_text:
            self._column.addWidget(Label(help_text, "small", wraps=True))

    def _keep(self, name: str, text: str) -> bool:
        value = text or DEFAULT_ENDPOINT if name == "hub_endpoint" else text
        if value == self._settings.text(name):
            return True
        return self._network.keep(name, value)

    def _show_use(self) -> None:
        """The fields that belong to a proxy are of use only where one is named."""
        has_proxy = self._settings.text("proxy").startswith(("http://", "https://"))
        for part in (self.proxy_user, self.proxy_password, self.proxy_exceptions):
            part.setEnabled(has_proxy)

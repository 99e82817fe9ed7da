"""AlertSettings: what the user wants to be notified of, and when not."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.errors import SettingsError
from desktop_llm.hardware.monitor.alerts import minute_of_day
from desktop_llm.settings import SettingsStore, Value
from desktop_llm.ui.network.checked_field import CheckedField
from desktop_llm.ui.network.network_checks import Grade, Remark
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_box import WholeNumberBox
from desktop_llm.ui.widgets.number_text import THIN_SPACE
from desktop_llm.ui.widgets.parts import IconTextButton, Label
from desktop_llm.ui.widgets.setting_rows import CONTROL_WIDTH, SettingRows
from desktop_llm.ui.widgets.theme import GRID

translate = QCoreApplication.translate


class AlertSettings(QWidget):
    """Each is kept at once, and counts from the next second on."""

    #: A notification to try them is wanted.
    trial_requested = Signal()
    #: A setting could not be kept; with its SettingsError.
    failed = Signal(object)

    def __init__(self, settings: SettingsStore, appearance: Appearance) -> None:
        super().__init__()
        self._settings, self._appearance = settings, appearance
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self.rows = SettingRows(column, settings, appearance, self._keep)
        self.quiet_fields: dict[str, CheckedField] = {}
        self.trial_button = IconTextButton(appearance, "bell", self.tr("Try a notification"))
        self.trial_button.clicked.connect(self.trial_requested)
        self.trial_words = Label("", "small", wraps=True)
        self._add_switch(column)
        self._add_limits()
        self._add_quiet_hours()
        self._follow()

    @property
    def controls(self) -> dict[str, QWidget]:
        """By setting."""
        return self.rows.controls

    def show_trial(self, is_shown: bool) -> None:
        """What became of the notification that was tried."""
        self.trial_words.setText(
            self.tr("The system shows it.")
            if is_shown
            else self.tr("This system shows no notifications: a banner in this window takes their place.")
        )

    def _add_switch(self, column: QVBoxLayout) -> None:
        self.rows.flag(
            "alerts_enabled",
            self.tr("Notify of what needs attention"),
            self.tr("Notifications hold figures of this computer, never what is written."),
        )
        row = QHBoxLayout()
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(self.trial_button)
        row.addWidget(self.trial_words, 1)
        column.addLayout(row)
        column.addSpacing(GRID)

    def _add_limits(self) -> None:
        never = self.tr("Never")
        self._percent("alert_memory", self.tr("Memory in use (RAM), in percent"), self.tr("0: never."))
        self._percent("alert_gpu", self.tr("A graphics card busy for long, in percent"), self.tr("0: never."))
        self.rows.real("alert_gpu_minutes", self.tr("How long that is, in minutes"), "")
        self.rows.real(
            "alert_temperature_c",
            self.tr("Temperature of the processor or a graphics card, in °C"),
            self.tr("0: never."),
            never,
        )
        self.rows.flag(
            "alert_slow_replies",
            self.tr("Replies that are slow"),
            self.tr("Slower than the settings want of a model that is recommended."),
        )
        self.rows.real(
            "alert_disk_gb", self.tr("Room left on the disk of the models, in GB"), self.tr("0: never."), never
        )
        self.rows.flag("alert_downloads", self.tr("Downloads that fail"), "")

    def _percent(self, name: str, label: str, help_text: str) -> None:
        box = WholeNumberBox(0, 100, self.tr("Never"))
        box.setFixedWidth(CONTROL_WIDTH)
        box.setSuffix(f"{THIN_SPACE}%")
        box.setKeyboardTracking(False)
        box.setValue(round(self._settings.real(name) * 100))
        box.valueChanged.connect(lambda value: self._keep(name, value / 100))
        self.rows.row(name, label, help_text, box)

    def _add_quiet_hours(self) -> None:
        for name, label, help_text in (
            (
                "quiet_from",
                self.tr("Quiet from"),
                self.tr("Nothing is notified in these hours; what still holds after them is notified then."),
            ),
            ("quiet_until", self.tr("Quiet until"), ""),
        ):
            field = CheckedField(self._appearance, label, check_time, lambda text, name=name: self._keep(name, text))  # type: ignore[misc]
            field.setFixedWidth(CONTROL_WIDTH)
            field.set_text(self._settings.text(name))
            self.rows.row(name, label, help_text, field)
            self.rows.controls[name] = field.field
            self.quiet_fields[name] = field

    def _keep(self, name: str, value: Value) -> bool:
        try:
            self._settings.set(name, value)
        except SettingsError as error:
            self.failed.emit(error)
            return False
        self._follow()
        return True

    def _follow(self) -> None:
        """Limits say nothing while nothing is notified."""
        is_on = self._settings.flag("alerts_enabled")
        for name, control in self.controls.items():
            if name != "alerts_enabled":
                control.setEnabled(is_on)
        self.trial_button.setEnabled(is_on)


def check_time(text: str) -> Remark:
    """A time of day, or nothing."""
    if not text.strip():
        return Remark(Grade.FINE, translate("AlertSettings", "Empty: there are no quiet hours."))
    if minute_of_day(text) is None:
        return Remark(Grade.WRONG, translate("AlertSettings", "This is no time of day, as 22:00. It was not kept."))
    return Remark(Grade.FINE, translate("AlertSettings", "A time of day."))

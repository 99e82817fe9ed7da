"""The settings page: every setting a person may want to change, in plain words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_llm.errors import SettingsError
from desktop_llm.services import Services
from desktop_llm.settings import Value
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.network.checked_field import CheckedField
from desktop_llm.ui.network.network_checks import check_folder
from desktop_llm.ui.network.network_settings import NetworkSettings
from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerArea, BannerKind
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.model_text import model_name
from desktop_llm.ui.widgets.parts import IconTextButton, Label, plain_tooltip
from desktop_llm.ui.widgets.reading_column import ReadingColumn
from desktop_llm.ui.widgets.setting_rows import SettingRows
from desktop_llm.ui.widgets.theme import GRID


class SettingsPage(QWidget):
    """Writes each change at once; what needs the model loaded again says so and offers it."""

    #: Another language was chosen: the window has to be built anew.
    language_changed = Signal()
    #: Other colours were chosen.
    theme_chosen = Signal(str)

    def __init__(self, services: Services, appearance: Appearance, loader: ModelLoader, network: NetworkWatch) -> None:
        super().__init__()
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._settings, self._appearance, self._loader = services.settings, appearance, loader
        self._usual_folder = services.paths.models
        self.banners = BannerArea(appearance)
        body = ReadingColumn()
        body.setProperty("part", "scrolled")
        body.set_vertical_margins(GRID * 3, GRID * 4)
        self._column = body.column
        self._rows = SettingRows(body.column, services.settings, appearance, self._change)
        self.controls = self._rows.controls
        self._column.addWidget(Label(self.tr("Settings"), "title"))
        self._add_window_settings()
        self._add_reply_settings()
        self._add_model_settings()
        self._rows.heading(self.tr("Network"))
        self.network = NetworkSettings(services, appearance, network)
        network.failed.connect(lambda error: self.banners.show_banner(BannerKind.ERROR, translate_error(error)))
        self._column.addWidget(self.network)
        self.controls.update(self.network.controls)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName(self.tr("Settings"))
        self.area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(self.area, 1)

    # sections

    def _add_window_settings(self) -> None:
        self._rows.heading(self.tr("Window"))
        self._rows.choice(
            "language",
            self.tr("Language"),
            "",
            (("system", self.tr("As the system")), ("en", "English"), ("es", "Español")),
        )
        self._rows.choice(
            "theme",
            self.tr("Colours"),
            "",
            (
                ("system", self.tr("As the system")),
                ("light", self.tr("Light")),
                ("dark", self.tr("Dark")),
                ("high-contrast", self.tr("High contrast")),
            ),
        )

    def _add_reply_settings(self) -> None:
        self._rows.heading(self.tr("Replies"))
        self._rows.choice(
            "context_overflow",
            self.tr("When a conversation outgrows the model's memory"),
            self.tr("A note below the reply says what was left out."),
            (
                ("drop_oldest", self.tr("Leave out the oldest messages")),
                ("stop", self.tr("Stop the reply at its end")),
                ("refuse", self.tr("Do not reply")),
            ),
        )
        self._rows.text(
            "system_prompt",
            self.tr("Instructions for new conversations"),
            self.tr("Said to the model before every question (system prompt)."),
        )
        self._rows.real(
            "temperature",
            self.tr("Temperature"),
            self.tr("0 always takes the likeliest word; higher values are freer and less reliable."),
        )
        self._rows.number(
            "max_tokens",
            self.tr("Longest reply, in tokens"),
            self.tr("A token is about three quarters of a word."),
            self.tr("No limit"),
        )
        self._rows.number(
            "seed",
            self.tr("Seed"),
            self.tr("With a fixed seed the same question gives the same reply."),
            self.tr("A new one each time"),
        )
        self._rows.flag(
            "record_confidence",
            self.tr("Record how likely each token of a reply was"),
            self.tr("Without it, that can be computed afterwards while the model is loaded."),
        )

    def _add_model_settings(self) -> None:
        self._rows.heading(self.tr("Model"))
        self._rows.choice("model", self.tr("Model at the start"), "", self._start_models())
        self._rows.flag("load_at_start", self.tr("Load the model when the window opens"), "")
        self._add_folder()
        self._rows.number(
            "context_tokens",
            self.tr("Memory for the conversation, in tokens (context)"),
            self.tr("More holds longer conversations and takes more of the computer's memory."),
            self.tr("Chosen by the app"),
        )
        self._rows.choice(
            "kv_cache_type",
            self.tr("Precision of that memory (KV cache)"),
            self.tr("The smaller one takes half the room and is a little less exact."),
            (("f16", self.tr("Full (f16)")), ("q8_0", self.tr("Smaller (q8_0)"))),
        )
        self._rows.number("threads", self.tr("Processor threads"), "", self.tr("Chosen by the app"))
        self._rows.number(
            "gpu_layers",
            self.tr("Layers on the graphics card"),
            self.tr("Has an effect only where a graphics card can be used."),
            self.tr("All that fit"),
        )
        self._rows.number("parallel_requests", self.tr("Replies written at once"), "", "")
        self._rows.real(
            "min_tokens_per_s",
            self.tr("Slowest model to be recommended, in tokens per second"),
            self.tr("Reading along takes about 5."),
        )
        self._add_reload()

    def _start_models(self) -> tuple[tuple[str, str], ...]:
        named = [("", self.tr("The built-in one"))]
        named += [(entry.name, model_name(entry)) for entry in self._loader.models() if not entry.is_builtin]
        chosen = self._settings.text("model")
        if chosen not in {name for name, _ in named}:
            named.append((chosen, chosen))
        return tuple(named)

    # rows

    def _add_folder(self) -> None:
        label = self.tr("Folder of the models")
        self.folder = CheckedField(self._appearance, label, check_folder, self._keep_folder)
        self.folder.set_text(self._settings.text("models_folder"))
        self.folder.field.setPlaceholderText(str(self._usual_folder))
        self.folder.add_chooser(self.tr("Choose a folder for models"), is_folder=True)
        self._rows.below("models_folder", label, "", self.folder, self.folder.field)

    def _keep_folder(self, text: str) -> bool:
        if text == self._settings.text("models_folder"):
            return True
        return self._change("models_folder", text)

    def _add_reload(self) -> None:
        words = self.tr("Changes to the model's settings take effect when it is loaded the next time.")
        self.reload_button = IconTextButton(self._appearance, "refresh", self.tr("Load again"))
        self.reload_button.setToolTip(plain_tooltip(self.tr("Load the model in use again with these settings")))
        self.reload_button.clicked.connect(self._loader.reload)
        row = QHBoxLayout()
        row.setSpacing(GRID * 3)
        row.addWidget(Label(words, "small", wraps=True), 1)
        row.addWidget(self.reload_button)
        self._column.addSpacing(GRID // 2)
        self._column.addLayout(row)

    # changes

    def _change(self, name: str, value: Value) -> bool:
        try:
            self._settings.set(name, value)
        except SettingsError as error:
            self.banners.show_banner(BannerKind.ERROR, translate_error(error))
            return False
        if name == "theme":
            self.theme_chosen.emit(str(value))
        elif name == "language":
            self.language_changed.emit()
        return True

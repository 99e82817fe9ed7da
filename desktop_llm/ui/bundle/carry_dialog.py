"""CarryDialog: models of this computer, put into a signed folder for another one that has no network."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.models.bundle.bundle import Packer
from desktop_llm.models.bundle.keyring import SigningKeys
from desktop_llm.models.bundle.manifest import Manifest
from desktop_llm.models.library.importing import Watch
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.services import Services
from desktop_llm.ui.bundle.bundle_dialog import BundleDialog
from desktop_llm.ui.bundle.pack_row import PackRow
from desktop_llm.ui.bundle.signing import Signing
from desktop_llm.ui.bundle.target import check_target, target_in
from desktop_llm.ui.network.checked_field import CheckedField
from desktop_llm.ui.network.network_checks import Remark
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import size
from desktop_llm.ui.widgets.parts import Label, breakable, line
from desktop_llm.ui.widgets.theme import GRID


class CarryDialog(BundleDialog):
    """Models to tick, a folder, a key, and *Make the bundle*."""

    def __init__(self, services: Services, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(appearance, "", parent)
        self.setWindowTitle(self.tr("Carry to another computer"))
        self._services = services
        self.rows: list[PackRow] = []
        self._list = QVBoxLayout()
        self.state = StatePanel(appearance)
        name = self.tr("Folder of the bundle")
        self.folder = CheckedField(appearance, name, self._check, lambda text: True)
        self.folder.add_chooser(self.tr("Choose a folder for the bundle"), is_folder=True)
        self.folder.set_text("")
        self.folder.field.textChanged.connect(self.show_state)
        self.signing = Signing(appearance, SigningKeys(services.paths.signing_keys))
        self.signing.changed.connect(self.show_state)
        self.do_button.setText(self.tr("Make the bundle"))
        self.do_button.clicked.connect(self.pack)
        self._build()
        self._look()
        self.show_state()

    def pack(self) -> None:
        """Copy, prove and sign what is ticked."""
        key, entries = self.signing.key, self._ticked()
        if key is None or not entries or self.is_working:
            return
        planner, text = self._services.planner, self.folder.field.text()

        def do(watch: Watch) -> tuple[Manifest, Path]:
            target = target_in(text, date.today())  # noqa: DTZ011  the user's own day
            return Packer(key.key, planner.catalog()).pack(entries, target, watch), target

        size_bytes = sum(entry.size_bytes for entry in entries)
        self.work(self.tr("Copying and signing the models …"), size_bytes, do, self._show_done)

    def show_state(self) -> None:
        """What is missing is said where it is; the button waits for it."""
        entries = self._ticked()
        has_folder = Path(self.folder.field.text().strip()).expanduser().is_absolute()
        is_ready = bool(entries) and has_folder and self.signing.key is not None
        self.do_button.setEnabled(is_ready and not self.is_working)
        words = self.tr("Make the bundle")
        whole_bytes = sum(entry.size_bytes for entry in entries)
        self.do_button.setText(f"{words} ({size(whole_bytes)})" if entries else words)
        for part in (self.folder, self.signing, *(row.box for row in self.rows)):
            part.setEnabled(not self.is_working)

    def _ticked(self) -> list[ModelEntry]:
        return [row.entry for row in self.rows if row.box.isChecked()]

    def _check(self, text: str) -> Remark:
        return check_target(text, date.today())  # noqa: DTZ011  the user's own day

    def _show_done(self, made: tuple[Manifest, Path]) -> None:
        manifest, folder = made
        words = self.tr("%n model(s) are in {folder}, signed. The whole folder is carried.", "", len(manifest.models))
        self.said.say(words.format(folder=breakable(str(folder))), icon="check", colour="success")
        self.folder.set_text("")

    def _look(self) -> None:
        self.state.say(self.tr("Looking for models …"), icon="search")
        library = self._services.library

        def done(entries: tuple[ModelEntry, ...]) -> None:
            self.state.clear()
            for entry in entries:
                row = PackRow(self._appearance, entry)
                row.box.setChecked(len(entries) == 1)
                row.box.toggled.connect(self.show_state)
                self.rows.append(row)
                self._list.addWidget(row)
            if not entries:
                self.state.say(self.tr("There is no model on this computer yet."))
            elif self.close_button.hasFocus() or self.focusWidget() is None:
                self.rows[0].box.setFocus()
            self.show_state()

        def failed(error: AppError) -> None:
            self.state.clear()
            self.show_problem(error)

        self._background.run(lambda _job: library.models(), done, failed)

    def _build(self) -> None:
        column = self.page.column
        words = self.tr(
            "A bundle is a folder with models, where they come from, their licences and their hashes. By its signature "
            "another computer sees that nothing was changed on the way."
        )
        column.addWidget(Label(words, "small", wraps=True))
        self._add_heading(self.tr("Models"))
        self._list.setSpacing(GRID)
        column.addLayout(self._list)
        column.addWidget(self.state)
        self._add_heading(self.tr("Where to"))
        column.addWidget(self.folder)
        self._add_heading(self.tr("Signed with"))
        column.addWidget(self.signing)
        column.addStretch(1)

    def _add_heading(self, text: str) -> None:
        column = self.page.column
        column.addSpacing(GRID)
        column.addWidget(Label(text, "heading"))
        column.addWidget(line())

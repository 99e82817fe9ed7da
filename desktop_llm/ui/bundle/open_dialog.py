"""OpenBundleDialog: a bundle that came from another computer: proven first, then shown, then taken in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_llm.models.bundle.keyring import TrustedKeys
from desktop_llm.models.bundle.manifest import BundleModel
from desktop_llm.models.bundle.open import Bundle, import_bundle, size_of, verify_bundle
from desktop_llm.models.library.importing import Imported, Importer, Watch, Way
from desktop_llm.services import Services
from desktop_llm.ui.bundle.bundle_dialog import BundleDialog
from desktop_llm.ui.bundle.target import check_bundle
from desktop_llm.ui.bundle.trust import Trust
from desktop_llm.ui.network.checked_field import CheckedField
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.hub_text import short
from desktop_llm.ui.widgets.model_text import spoken_name
from desktop_llm.ui.widgets.number_text import size, whole
from desktop_llm.ui.widgets.parts import Label, line
from desktop_llm.ui.widgets.theme import GRID


class OpenBundleDialog(BundleDialog):
    """A folder and trusted keys, *Check*; then what is in it, and *Import*. Nothing is parsed before it is proven."""

    #: Models were taken: the list of models is another one.
    imported = Signal()

    def __init__(self, services: Services, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(appearance, "", parent)
        self.setWindowTitle(self.tr("Open a bundle"))
        self._services = services
        self._bundle: Bundle | None = None
        self.folder = CheckedField(appearance, self.tr("Folder of the bundle"), check_bundle, lambda text: True)
        self.folder.add_chooser(self.tr("Choose the folder of the bundle"), is_folder=True)
        self.folder.set_text("")
        self.folder.field.textChanged.connect(self._forget)
        self.trust = Trust(appearance, TrustedKeys(services.paths.trusted_keys))
        self.trust.changed.connect(self._forget)
        self.way = ChoiceBox(
            appearance,
            (
                (Way.COPY.value, self.tr("Copy them into the models folder")),
                (Way.LINK.value, self.tr("A second name in the models folder (hard link)")),
                (Way.REFERENCE.value, self.tr("Use them where they are")),
            ),
        )
        self.way.setAccessibleName(self.tr("How the models are taken in"))
        self.signed_label = Label("", "strong", wraps=True)
        self.models = QVBoxLayout()
        self._found = QWidget()
        self.do_button.clicked.connect(self._do)
        self._build()
        self.folder.setFocus()
        self.show_state()

    @property
    def bundle(self) -> Bundle | None:
        """What was found whole and signed by a trusted key."""
        return self._bundle

    def show_state(self) -> None:
        """*Check* until the bundle is proven, *Import* from then on."""
        bundle = self._bundle
        has_folder = bool(self.folder.field.text().strip())
        words = self.tr("Check the bundle")
        if bundle is not None:
            n_models = whole(len(bundle.manifest.models))
            words = self.tr("Import ({n})").format(n=n_models)
        self.do_button.setText(words)
        self.do_button.setEnabled(has_folder and bool(self.trust.known) and not self.is_working)
        self._found.setVisible(bundle is not None)
        for part in (self.folder, self.trust, self.way):
            part.setEnabled(not self.is_working)

    def check(self) -> None:
        """Compare the bundle with its signature, and every byte with the hash that was signed."""
        keys = [each.key for each in self.trust.known]
        folder = Path(self.folder.field.text().strip()).expanduser()
        if not keys or self.is_working:
            return
        words = self.tr("Comparing every file with the signature …")
        self.work(words, size_of(folder), lambda watch: verify_bundle(folder, keys, watch), self._show_bundle)

    def take(self) -> None:
        """Take the models of a proven bundle into the library."""
        bundle, way = self._bundle, Way(self.way.value)
        if bundle is None or self.is_working:
            return
        importer = Importer(self._services.records, self._services.library.folder)

        def do(watch: Watch) -> tuple[Imported, ...]:
            return import_bundle(bundle, importer, way, watch)

        self.work(self.tr("Taking the models in …"), bundle.manifest.size_bytes, do, self._show_taken)

    def _do(self) -> None:
        (self.check if self._bundle is None else self.take)()

    def _forget(self) -> None:
        """Another folder, or other keys: it has to be proven again."""
        self._bundle = None
        self.said.clear()
        self.show_state()

    def _show_bundle(self, bundle: Bundle) -> None:
        self._bundle = bundle
        name = next((each.name for each in self.trust.known if each.key == bundle.key), "")
        self.signed_label.setText(self.tr("Signed with the key of {name}").format(name=name))
        while (item := self.models.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for model in bundle.manifest.models:
            self.models.addWidget(self._model(model))
        words = self.tr("Every byte is as it was signed: %n file(s).", "", len(bundle.manifest.every_file))
        self.said.say(words, icon="check", colour="success")

    def _show_taken(self, imported: tuple[Imported, ...]) -> None:
        n_known = sum(each.known_as is not None for each in imported)
        parts = []
        if len(imported) > n_known:
            parts.append(self.tr("%n model(s) taken in.", "", len(imported) - n_known))
        if n_known:
            parts.append(self.tr("%n model(s) were here already.", "", n_known))
        self._forget()
        self.folder.set_text("")
        self.said.say(" ".join(parts), icon="check", colour="success")
        self.imported.emit()

    def _model(self, model: BundleModel) -> QWidget:
        source = f"{short(model.source.repo)} · {model.source.commit[:8]}" if model.source else ""
        licence = model.licence or self.tr("licence not named")
        parts = (size(sum(file.size_bytes for file in model.every_file)), short(licence), source)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Label(short(model.title or spoken_name(model.name)), "strong", wraps=True))
        column.addWidget(Label(" · ".join(part for part in parts if part), "small", wraps=True))
        return box

    def _build(self) -> None:
        column = self.page.column
        self._add_heading(column, self.tr("Folder"))
        column.addWidget(self.folder)
        self._add_heading(column, self.tr("Trusted keys"))
        column.addWidget(self.trust)
        found = QVBoxLayout(self._found)
        found.setContentsMargins(0, 0, 0, 0)
        found.setSpacing(GRID)
        self._add_heading(found, self.tr("What is in it"))
        found.addWidget(self.signed_label)
        self.models.setSpacing(GRID)
        found.addLayout(self.models)
        found.addWidget(self.way)
        column.addWidget(self._found)
        column.addStretch(1)

    def _add_heading(self, column: QVBoxLayout, text: str) -> None:
        column.addSpacing(GRID)
        column.addWidget(Label(text, "heading"))
        column.addWidget(line())

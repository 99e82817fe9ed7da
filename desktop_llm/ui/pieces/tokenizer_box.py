"""TokenizerBox: picks one or several tokenizers: those that ship with the app, the models here, any GGUF file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QWidget

from desktop_llm.services import Services
from desktop_llm.tokens.shelf import BUNDLED, MODEL, TIKTOKEN
from desktop_llm.tokens.tokenizer import TokenizerFacts
from desktop_llm.ui.background import Background
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import IconTextButton

#: Characters of a title on the button.
_LONGEST = 40


class TokenizerBox(QWidget):
    """A button that says what is chosen, and a menu of all there are; `most` above 1: several can be chosen.

    Names are those of `services.tokenizers`, or paths of GGUF files. What there is is read in the background.
    """

    #: Another choice; ask `names`.
    changed = Signal()
    #: What there is was read; titles are known now.
    read = Signal()
    #: What there is could not be read; with an AppError.
    failed = Signal(object)

    def __init__(self, services: Services, appearance: Appearance, names: Sequence[str], *, most: int = 1) -> None:
        super().__init__()
        self._services, self._most = services, most
        self._names = list(names)
        self._facts: dict[str, TokenizerFacts] = {}
        self._background = Background(self)
        self.button = IconTextButton(appearance, "chevron-down", "")
        self.button.clicked.connect(self.open_menu)
        self.menu: QMenu | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        self._say()
        self.read_again()

    @property
    def names(self) -> list[str]:
        """What is chosen, in the order of choosing."""
        return list(self._names)

    @property
    def name(self) -> str:
        """The first of what is chosen."""
        return self._names[0]

    def set_names(self, names: Sequence[str]) -> None:
        """Choose, without telling anybody."""
        self._names = list(names)
        self._say()

    def title(self, name: str) -> str:
        """What a tokenizer is called."""
        if name in self._facts:
            return self._facts[name].title
        return Path(name).stem if len(Path(name).parts) > 1 else name

    def facts(self) -> list[TokenizerFacts]:
        """What there is, as far as it was read."""
        return list(self._facts.values())

    def read_again(self) -> None:
        """Look anew at what there is."""
        self._background.run(lambda job: list(self._services.tokenizers.facts()), self._show, self.failed.emit)

    def open_menu(self) -> None:
        """Show all there are."""
        if self.menu is not None:
            self.menu.deleteLater()
        self.menu = _StayingMenu(self) if self._most > 1 else QMenu(self)
        self.menu.setAccessibleName(self.tr("Tokenizers"))
        group = QActionGroup(self.menu)
        group.setExclusive(self._most == 1)
        for source, heading in (
            (MODEL, self.tr("Models on this computer")),
            (BUNDLED, self.tr("Well-known families")),
            (TIKTOKEN, self.tr("OpenAI")),
        ):
            listed = [facts for facts in self._facts.values() if facts.source == source]
            if listed:
                _add_heading(self.menu, heading)
            for facts in listed:
                words = self.tr("{title}: {algorithm}, {n} tokens").format(
                    title=_short(facts.title), algorithm=facts.algorithm, n=whole(facts.n_vocab)
                )
                self._add(self.menu, group, facts.name, words)
        others = [name for name in self._names if name not in self._facts]
        if others:
            _add_heading(self.menu, self.tr("Files"))
        for name in others:
            self._add(self.menu, group, name, _short(self.title(name)))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Open a GGUF file…"), self._open_file)
        self.menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def toggle(self, name: str) -> None:
        """Choose one; where several can be chosen, take it in or out. One always stays, and at most `most`."""
        names = [name] if self._most == 1 else [*self._names]
        if self._most > 1 and name in names:
            names.remove(name)
        elif self._most > 1:
            names.append(name)
        if names and len(names) <= self._most and names != self._names:
            self._names = names
            self.changed.emit()
        self._say()

    def _add(self, menu: QMenu, group: QActionGroup, name: str, words: str) -> None:
        action = QAction(words.replace("&", "&&"), menu)
        action.setCheckable(True)
        action.setChecked(name in self._names)
        action.setData(name)
        action.triggered.connect(partial(self._triggered, action, name))
        group.addAction(action)
        menu.addAction(action)

    def _triggered(self, action: QAction, name: str, _is_checked: bool = False) -> None:
        self.toggle(name)
        action.setChecked(name in self._names)

    def _open_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Open a tokenizer"), "", self.tr("Models (*.gguf)"))
        if chosen:
            self.add_file(Path(chosen))

    def add_file(self, path: Path) -> None:
        """Choose a GGUF file from anywhere."""
        if str(path) not in self._names:
            self.toggle(str(path))

    def _show(self, facts: list[TokenizerFacts]) -> None:
        self._facts = {each.name: each for each in facts}
        self._say()
        self.read.emit()

    def _say(self) -> None:
        first = _short(self.title(self._names[0])) if self._names else self.tr("None")
        words = first if len(self._names) < 2 else self.tr("{n} tokenizers").format(n=whole(len(self._names)))
        self.button.set_words(words.replace("&", "&&"))
        self.button.setAccessibleName(self.tr("Tokenizer: {name}").format(name=words))

    def changeEvent(self, event: QEvent) -> None:
        """The button follows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.button.setEnabled(self.isEnabled())


class _StayingMenu(QMenu):
    """A menu that stays open while marks are set."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action: QAction | None = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action: QAction | None = self.activeAction()
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and action is not None and action.isCheckable():
            action.trigger()
        else:
            super().keyPressEvent(event)


def _add_heading(menu: QMenu, words: str) -> None:
    """A section's own title is not drawn where a style sheet is."""
    menu.addSeparator()
    menu.addAction(words).setEnabled(False)


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"

"""The chat page's widgets, and where they stand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_llm.ui.chat.composer import Composer
from desktop_llm.ui.chat.model_picker import ModelPicker
from desktop_llm.ui.chat.reply_panel import ReplyPanel
from desktop_llm.ui.home import Home
from desktop_llm.ui.load.load_strip import LoadStrip
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.status_line import StatusLine
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerArea
from desktop_llm.ui.widgets.parts import ElidedLabel, IconButton, line
from desktop_llm.ui.widgets.reading_column import ReadingColumn
from desktop_llm.ui.widgets.theme import GRID


class ChatParts(QWidget):
    """A header, what is said, the composer and the status line; at the right the drawer."""

    #: The drawer was opened.
    panel_opened = Signal()

    def __init__(self, appearance: Appearance, loader: ModelLoader) -> None:
        super().__init__()
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list_button = IconButton(appearance, "list", self.tr("Show or hide the conversations"))
        self.title = ElidedLabel("", "strong")
        self.panel_button = IconButton(appearance, "sliders", self.tr("Reply settings"))
        self.panel_button.setCheckable(True)
        self.load_strip = LoadStrip(loader, self)
        self.banners = BannerArea(appearance)
        self.home = Home(appearance, loader)
        self.stack = QStackedWidget()
        self.stack.currentChanged.connect(self._align)
        self.composer = Composer(appearance)
        self.picker = ModelPicker(appearance, loader)
        self.composer.add_tool(self.picker)
        self.status = StatusLine(appearance)
        self.panel = ReplyPanel(appearance)
        self.panel.hide()
        self._build_layout()

    def _build_layout(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(GRID, GRID, GRID, GRID)
        header.setSpacing(GRID)
        header.addWidget(self.list_button)
        header.addWidget(self.title, 1)
        header.addWidget(self.panel_button)
        self._foot = foot = ReadingColumn()
        foot.set_vertical_margins(GRID, GRID)
        foot.column.addWidget(self.composer)
        foot.column.addWidget(self.status)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(line())
        column.addWidget(self.load_strip)
        column.addWidget(self.banners)
        column.addWidget(self.stack, 1)
        column.addWidget(foot)
        self.add_view(self.home)
        self._panel_line = line(is_vertical=True)
        self._panel_line.hide()
        self._drawer: QWidget | None = None
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(column, 1)
        row.addWidget(self._panel_line)
        row.addWidget(self.panel)

    def add_view(self, view: QAbstractScrollArea) -> None:
        """Add what can stand above the composer; both stay in one line when a scroll bar appears."""
        self.stack.addWidget(view)
        view.verticalScrollBar().rangeChanged.connect(self._align)
        view.verticalScrollBar().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A scroll bar came or went."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._align()
        return super().eventFilter(watched, event)

    def _align(self) -> None:
        view = self.stack.currentWidget()
        bar = view.verticalScrollBar() if isinstance(view, QAbstractScrollArea) else None
        self._foot.set_inset(bar.width() if bar is not None and bar.isVisible() else 0)

    def set_panel_visible(self, is_visible: bool) -> None:
        """Show or hide the reply settings."""
        self.show_drawer(self.panel, is_visible)
        if is_visible:
            self.panel.system_prompt.setFocus()

    def show_drawer(self, drawer: QWidget, is_visible: bool) -> None:
        """Show a drawer at the right in the place of the one that is there, or hide it."""
        if self._row.indexOf(drawer) < 0:
            self._row.addWidget(drawer)
        before = self._drawer
        if is_visible and before is not None and before is not drawer:
            before.hide()
        drawer.setVisible(is_visible)
        if is_visible or before is drawer:
            self._drawer = drawer if is_visible else None
        self._panel_line.setVisible(self._drawer is not None)
        self.panel_button.setChecked(self._drawer is self.panel)
        if is_visible:
            self.panel_opened.emit()

    def toggle_panel(self) -> None:
        """Show or hide the reply settings."""
        self.set_panel_visible(self.panel.isHidden())

    def focus_composer(self) -> None:
        """Let the user write."""
        self.composer.field.setFocus(Qt.FocusReason.OtherFocusReason)

"""The side bar: which pages there are, and what leaves this computer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from desktop_llm.ui.api.api_line import ApiLine
from desktop_llm.ui.hub.download_line import DownloadLine
from desktop_llm.ui.hub.downloads_watch import Outside
from desktop_llm.ui.network.padlock import Padlock
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.icons import pixmap
from desktop_llm.ui.widgets.parts import IconButton, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID, SIDE_NARROW, SIDE_WIDE, SIZE_CONTROL, Theme, mix

HEIGHT = 36


class PageButton(QAbstractButton):
    """One page's entry: an icon, and a label unless the bar is narrow."""

    def __init__(self, appearance: Appearance, icon_name: str, text: str) -> None:
        super().__init__()
        self._appearance, self._icon_name = appearance, icon_name
        self._is_narrow = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(HEIGHT)
        appearance.theme_changed.connect(self.update)

    def set_narrow(self, is_narrow: bool) -> None:
        """Show only the icon, with the label as tooltip."""
        self._is_narrow = is_narrow
        self.setToolTip(plain_tooltip(self.text()) if is_narrow else "")
        self.update()

    def sizeHint(self) -> QSize:
        """As high as every other; as wide as the bar."""
        return QSize(SIDE_NARROW - 2 * GRID, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground when chosen or under the mouse, the icon, the label."""
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, theme)
        colour = theme.accent if self.isChecked() else theme.text_muted
        painter.drawPixmap(GRID + 2, (HEIGHT - 20) // 2, pixmap(self._icon_name, colour, 20, self.devicePixelRatioF()))
        if self._is_narrow:
            return
        font = QFont(self.font())
        font.setPixelSize(SIZE_CONTROL)
        font.setWeight(QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(theme.text if self.isChecked() else theme.text_muted))
        place = self.rect().adjusted(GRID * 5, 0, -GRID, 0)
        shown = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_ground(self, painter: QPainter, theme: Theme) -> None:
        ground = None
        if self.isChecked():
            ground = mix(theme.surface, theme.accent, 0.14)
        elif self.underMouse():
            ground = mix(theme.surface, theme.text, 0.06)
        painter.setBrush(QColor(ground) if ground is not None else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)


class SideBar(QWidget):
    """Pages at the top; the padlock and the way to make the bar narrow at the bottom."""

    #: A page was chosen; with its place.
    page_chosen = Signal(int)
    #: The bar was made narrow or wide by the user; with whether it is narrow now.
    collapsed = Signal(bool)

    def __init__(self, appearance: Appearance, outside: Outside) -> None:
        super().__init__()
        self.setProperty("part", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Pages"))
        self._is_narrow = False
        self._group = QButtonGroup(self)
        self.pages = (
            PageButton(appearance, "chat", self.tr("Chat")),
            PageButton(appearance, "model", self.tr("Models")),
            PageButton(appearance, "pieces", self.tr("Tokens")),
            PageButton(appearance, "pulse", self.tr("Monitor")),
            PageButton(appearance, "plug", self.tr("API")),
            PageButton(appearance, "settings", self.tr("Settings")),
        )
        self.download_line = DownloadLine(appearance, outside.downloads)
        self.api_line = ApiLine(appearance, outside.api)
        self.padlock = Padlock(appearance, outside.network)
        self.collapse_button = IconButton(appearance, "chevron-left", self.tr("Show only icons"))
        self.collapse_button.clicked.connect(lambda: self._collapse(not self._is_narrow))
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        for place, button in enumerate(self.pages):
            self._group.addButton(button, place)
            column.addWidget(button)
        column.addStretch(1)
        column.addWidget(self.download_line)
        column.addWidget(self.api_line)
        column.addWidget(self.padlock)
        column.addWidget(self.collapse_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._group.idClicked.connect(self.page_chosen)
        self.set_narrow(False)

    @property
    def is_narrow(self) -> bool:
        """Whether only icons are shown."""
        return self._is_narrow

    def set_page(self, place: int) -> None:
        """Mark a page as the one that is shown."""
        self.pages[place].setChecked(True)

    def set_narrow(self, is_narrow: bool) -> None:
        """Show only icons, or icons with labels."""
        self._is_narrow = is_narrow
        self.setFixedWidth(SIDE_NARROW if is_narrow else SIDE_WIDE)
        for button in self.pages:
            button.set_narrow(is_narrow)
        self.api_line.set_narrow(is_narrow)
        self.padlock.set_narrow(is_narrow)
        self.download_line.set_narrow(is_narrow)
        name = self.tr("Show labels") if is_narrow else self.tr("Show only icons")
        self.collapse_button.set_name(name)
        self.collapse_button.set_icon("chevron-right" if is_narrow else "chevron-left")

    def _collapse(self, is_narrow: bool) -> None:
        self.set_narrow(is_narrow)
        self.collapsed.emit(is_narrow)

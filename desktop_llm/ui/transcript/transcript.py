"""The conversation on the screen: a list of messages of which only those in view are built."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QWidget

from desktop_llm.ui.transcript.accessible import install
from desktop_llm.ui.transcript.caret import Caret
from desktop_llm.ui.transcript.column import guessed_height, reading_column
from desktop_llm.ui.transcript.edge_scroll import EdgeScroll
from desktop_llm.ui.transcript.end_button import EndButton
from desktop_llm.ui.transcript.frames import Frames
from desktop_llm.ui.transcript.geometry import Anchor, Geometry
from desktop_llm.ui.transcript.heats import Heats
from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.transcript.message_view import MessageView
from desktop_llm.ui.transcript.navigation import Navigation
from desktop_llm.ui.transcript.path import Path
from desktop_llm.ui.transcript.tools import Tools
from desktop_llm.ui.transcript.view_cache import ViewCache
from desktop_llm.ui.widgets.theme import GRID, Theme

#: Pixels above and below the view that are built too, and seconds that building may take in a frame.
_AHEAD = 200
_BUILD_BUDGET_S = 0.008
_READ_BUDGET_S = 0.004
_COLOUR_BUDGET_S = 0.003


class Transcript(QAbstractScrollArea):
    """Shows a path of messages. The reader's place is kept while heights become known."""

    #: The source of this message is to be copied.
    copy_requested = Signal(str)
    #: This message of the user is to be edited.
    edit_requested = Signal(str)
    #: This reply is to be made again.
    regenerate_requested = Signal(str)
    #: The conversation up to this message is to be shown as the model sees it.
    prompt_requested = Signal(str)
    #: The sibling before (-1) or after (1) this message is to be shown.
    sibling_chosen = Signal(str, int)
    #: A link was clicked: http, https or mailto. Nothing is opened before the user agreed.
    link_activated = Signal(str)
    #: A code block was put on the clipboard.
    code_copied = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = Path()
        self._views = ViewCache(self._make_view)
        self._geometry = Geometry()
        self._anchor = Anchor()
        self._is_at_end = True
        self._is_arranging = False
        self._tools = Tools()
        self._look = Look(theme, self.font())
        self._frames = Frames(self, self._on_frame)
        self._edge_scroll = EdgeScroll(self, self._views.find)
        self._navigation = Navigation(self)
        self.heats = Heats(self, self._views.find, self._frames.ask)
        self._caret = Caret(self, lambda: self._views)
        self._has_motion = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Conversation"))
        install(self)
        self.verticalScrollBar().setSingleStep(3 * GRID)
        self._end_button = EndButton(self, self._look)
        self._end_button.clicked.connect(self.scroll_to_end)
        self._end_button.hide()

    # What is shown

    def set_items(self, items: Sequence[MessageItem]) -> None:
        """Show this path. Messages that are the same stay built; another conversation starts at its end."""
        self._flush()
        known = {item.id: self._geometry.height(n) for n, item in enumerate(self._path)}
        self._path.set_items(items)
        if not known.keys() & self._path.ids():
            self._is_at_end = True
        self._views.keep_only(self._path.ids())
        for item in items:
            self._show_item(item)
        width = self._column().width()
        self._geometry.set_heights([known.get(item.id) or guessed_height(item, width, self._look) for item in items])
        self._follow_streaming()
        self._arrange()

    def append_text(self, item_id: str, text: str) -> None:
        """Add text to a reply that streams. It is painted with the next frame, the first text at once."""
        if self._path.append(item_id, text):
            self._frames.ask()

    def update_item(self, item: MessageItem) -> None:
        """Show another state of one message. What was appended to it counts no more: `item.text` is the whole."""
        if self._path.update(item):
            self._show_item(item)
            self._follow_streaming()
            self._frames.ask()

    def items(self) -> tuple[MessageItem, ...]:
        """What is shown, with all text appended so far."""
        self._flush()
        return tuple(self._path)

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in other colours."""
        self._look = Look(theme, self.font())
        self._end_button.set_look(self._look)
        self._views.keep_only(set())
        self._arrange()
        self.viewport().update()

    def set_motion(self, has_motion: bool) -> None:
        """Let things move or appear at once, as the system asks."""
        self._has_motion = has_motion
        self._follow_streaming()

    # Reading and scrolling

    def scroll_to_end(self) -> None:
        """Go to the end and stay there while it grows."""
        self._is_at_end = True
        self._arrange()

    @property
    def is_at_end(self) -> bool:
        """Whether the view follows the end."""
        return self._is_at_end

    @property
    def is_busy(self) -> bool:
        """Whether something waits to be read or painted."""
        return self._frames.is_due

    def view_of(self, item_id: str) -> MessageView | None:
        """The widget of a message, where it is built."""
        return self._views.find(item_id)

    def visible_text(self) -> str:
        """What can be read in the messages in view."""
        shown = [view for item in self._path if (view := self._views.find(item.id)) and not view.isHidden()]
        return "\n\n".join(view.visible_text() for view in shown)

    def selected_text(self) -> str:
        """What the reader selected, as plain text."""
        return self._views.selected_text()

    # Streaming

    def _on_frame(self) -> None:
        self._flush()
        self._arrange()

    def _flush(self) -> None:
        """Give the text that came to the items and their views."""
        for item_id, text in self._path.take_pending():
            if view := self._views.find(item_id):
                view.append(text)

    def _follow_streaming(self) -> None:
        self._caret.set_blinking(is_blinking=self._path.is_streaming() and self._has_motion)

    # Building and placing

    def _arrange(self) -> None:
        """Build what is in view, keep the reader's place, and move everything to where it belongs."""
        if self._is_arranging:
            return
        self._is_arranging = True
        try:
            is_complete = self._settle()
            self._place()
        finally:
            self._is_arranging = False
        if not is_complete:
            self._frames.ask()

    def _settle(self) -> bool:
        """Build and lay out until the heights in view are known, or time is up; whether all is done."""
        end = time.perf_counter() + _BUILD_BUDGET_S
        for _ in range(6):
            is_changed = False
            for index in self._in_view():
                if self._path[index].id not in self._views and time.perf_counter() > end:
                    return False
                is_changed |= self._settle_one(index)
            if not is_changed:
                break
        views = self._built_in_view()
        n_open = sum(not view.read(_READ_BUDGET_S) for view in views)
        n_open += sum(not view.colour(time.perf_counter() + _COLOUR_BUDGET_S) for view in views)
        return n_open == 0

    def _settle_one(self, index: int) -> bool:
        """Build one message and correct its height; whether it changed."""
        view, geometry = self._views.build(self._path[index]), self._geometry
        view.read()
        view.arrange(self._column().width())
        top = self._scroll_y() - geometry.top(index)
        moved = view.lay_out(top - _AHEAD, top + self.viewport().height() + _AHEAD, max(top, 0.0))
        if moved and index == self._anchor.index and not self._is_at_end:
            self._anchor = Anchor(index, self._anchor.offset + moved)
        return geometry.set_height(index, float(view.height()))

    def _place(self) -> None:
        bar, geometry = self.verticalScrollBar(), self._geometry
        height = self.viewport().height()
        bar.setRange(0, max(0, round(geometry.total - height)))
        bar.setPageStep(height)
        bar.setValue(round(self._scroll_y()))
        self._anchor = geometry.anchor(self._scroll_y())
        left, shown = self._column().left(), set()
        for view in self._built_in_view():
            view.move(left, round(geometry.top(self._path.index(view.item.id))) - bar.value())
            shown.add(view.item.id)
        self._views.show_only(shown)
        self._end_button.setVisible(not self._is_at_end and bar.value() < bar.maximum() - height // 4)
        self._end_button.raise_()

    def _scroll_y(self) -> float:
        most = max(0.0, self._geometry.total - self.viewport().height())
        return most if self._is_at_end else min(max(self._geometry.y(self._anchor), 0.0), most)

    def _in_view(self) -> range:
        top = self._scroll_y()
        return self._geometry.between(top, top + self.viewport().height())

    def _known_anchor(self, y: float) -> Anchor:
        """What keeps its place when the view's top is at `y`: the first message in view that is built."""
        for index in self._geometry.between(y, y + self.viewport().height()):
            view = self._views.find(self._path[index].id)
            if view and not view.isHidden():
                return Anchor(index, y - self._geometry.top(index))
        return self._geometry.anchor(y)

    def _built_in_view(self) -> list[MessageView]:
        views = (self._views.find(self._path[index].id) for index in self._in_view())
        return [view for view in views if view]

    def _column(self) -> QRect:
        return reading_column(self.viewport().size())

    def _show_item(self, item: MessageItem) -> None:
        view = self._views.find(item.id)
        if view and view.item != item:
            view.set_item(item)

    def _make_view(self, item: MessageItem) -> MessageView:
        view = MessageView(item, self._look, self._tools, self.viewport())
        self._connect(view)
        self.heats.apply(view)
        return view

    def _connect(self, view: MessageView) -> None:
        view.copy_requested.connect(self.copy_requested)
        view.edit_requested.connect(self.edit_requested)
        view.regenerate_requested.connect(self.regenerate_requested)
        view.sibling_chosen.connect(self.sibling_chosen)
        view.link_activated.connect(self.link_activated)
        view.code_copied.connect(self.code_copied)
        view.height_changed.connect(self._arrange)
        view.menu_requested.connect(self._open_menu)
        view.selection_started.connect(self._views.keep_one_selection)
        view.dragged.connect(lambda point: self._edge_scroll.follow(view, point))

    # Events

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The scroll bar moved."""
        if self._is_arranging:
            return
        bar = self.verticalScrollBar()
        self._is_at_end = bar.value() >= bar.maximum() - 2
        self._anchor = self._known_anchor(float(bar.value()))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for another width."""
        super().resizeEvent(event)
        self._end_button.place()
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._look.theme.background))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll, copy what is selected."""
        if event.matches(QKeySequence.StandardKey.Copy):
            if text := self.selected_text():
                QGuiApplication.clipboard().setText(text)
        elif event.key() == Qt.Key.Key_End:
            self.scroll_to_end()
        elif not self._navigation.scroll(event.key()):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  (Qt's name)
        """Lead the focus through the messages in view and their actions, and then out."""
        stops = [self, *(stop for view in self._built_in_view() for stop in view.focus_stops())]
        if not self._navigation.lead_focus(stops, 1 if next else -1):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            super().focusNextPrevChild(next)
        return True

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another layout."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.set_theme(self._look.theme)

    def _open_menu(self, item_id: str, place: QPoint) -> None:
        view = self._views.find(item_id)
        if view is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if selected := self.selected_text():
            menu.addAction(self.tr("Copy selection"), lambda: QGuiApplication.clipboard().setText(selected))
        menu.addAction(self.tr("Copy as Markdown"), lambda: self.copy_requested.emit(item_id))
        menu.addAction(self.tr("Copy as plain text"), lambda: QGuiApplication.clipboard().setText(view.visible_text()))
        menu.addAction(self.tr("Select all of this message"), view.select_all)
        menu.addSeparator()
        menu.addAction(self.tr("Show as the model sees it"), lambda: self.prompt_requested.emit(item_id))
        menu.popup(place)

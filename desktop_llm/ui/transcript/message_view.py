"""One message on the screen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript.action_row import ROW_HEIGHT, ActionRow
from desktop_llm.ui.transcript.body import Body
from desktop_llm.ui.transcript.buttons import SmallButton
from desktop_llm.ui.transcript.code_buttons import CodeButtons
from desktop_llm.ui.transcript.code_painter import CodePainter
from desktop_llm.ui.transcript.feet import Feet
from desktop_llm.ui.transcript.heat_layer import HeatLayer
from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.transcript.message_painter import BUBBLE_X, BUBBLE_Y, HEADER, MessagePainter, heading
from desktop_llm.ui.transcript.reading import GrowingText
from desktop_llm.ui.transcript.selecting import Selecting
from desktop_llm.ui.transcript.thoughts import Thoughts
from desktop_llm.ui.transcript.tools import Tools

_THINKING = 32
_GAP = 10
_BUBBLE_SHARE = 0.8
_CARET_WIDTH = 3
_CARET_HEIGHT = 16

#: Seconds that reading Markdown may take in one go.
READ_BUDGET_S = 0.006

#: How far above its top a segment may draw: the bar of a quote reaches up to the one before.
_ABOVE = 32
_TALLEST = 16_000_000


class MessageView(QWidget):
    """Shows one MessageItem in the reading column. The transcript sets its width and place."""

    copy_requested = Signal(str)
    edit_requested = Signal(str)
    regenerate_requested = Signal(str)
    confidence_requested = Signal(str)
    sibling_chosen = Signal(str, int)
    menu_requested = Signal(str, QPoint)
    link_activated = Signal(str)
    code_copied = Signal()
    #: Its height changed by something the reader did.
    height_changed = Signal()
    #: A selection was begun in it; the others' ends.
    selection_started = Signal(str)
    #: The mouse drags a selection; with the place in this view.
    dragged = Signal(QPointF)

    def __init__(self, item: MessageItem, look: Look, tools: Tools, parent: QWidget) -> None:
        super().__init__(parent)
        self.item = item
        self.look = look
        self._code_painter = CodePainter(tools.shelf)
        self.is_caret_on = True
        self._is_stale = True
        self._text = GrowingText(look, tools.inline, is_plain=self.is_user)
        self.thoughts = Thoughts(look, tools.inline)
        self._feet = Feet(look)
        self._body_at = QPointF()
        self._selecting = Selecting()
        self._caret = QRect()
        self.heat: HeatLayer | None = None
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._build_buttons()
        self.set_item(item)

    # What is shown

    @property
    def is_user(self) -> bool:
        """Whether the reader wrote it."""
        return self.item.role is Role.USER

    @property
    def body(self) -> Body:
        """The segments of its text."""
        return self._text.body

    def set_item(self, item: MessageItem) -> None:
        """Show another state of the same message."""
        self.item = item
        self._text.set_text(item.text, is_final=not item.is_streaming)
        self.thoughts.set_text(item.reasoning, is_final=not item.is_streaming or bool(item.text))
        self._feet.set_item(item)
        self._actions.set_item(item)
        self._retry.setVisible(bool(item.error) and item.role is Role.ASSISTANT)
        self._thinking.setVisible(bool(item.reasoning))
        self._name()
        self._is_stale = True
        self.update()

    def append(self, text: str) -> None:
        """Add text to a reply that streams."""
        self._is_stale = True
        self.item = replace(self.item, text=self.item.text + text)
        self._text.set_text(self.item.text, is_final=not self.item.is_streaming)

    def read(self, budget_s: float = READ_BUDGET_S) -> bool:
        """Read text that came, for about `budget_s` seconds; whether all of it was read."""
        is_read = self.thoughts.read(budget_s / 2, self.update)
        is_read = self._text.read(budget_s) and is_read
        self._code_buttons.follow(self.body)
        return is_read and (self.heat is None or self.heat.follow(self.body, budget_s))

    def colour(self, deadline: float) -> bool:
        """Colour code until a time (`time.perf_counter`); whether all is coloured."""
        is_done = self._code_painter.paint(self.body, deadline, is_final=not self.item.is_streaming)
        if self._code_painter.n_painted:
            self._update_changed(self.width(), self.body)
        return is_done

    def release(self) -> None:
        """Let go of the text before the view is deleted: a widget may wait long for Python's collector."""
        self._text.set_text("", is_final=True)
        self.thoughts.set_text("", is_final=True)
        self._code_painter.forget()

    @property
    def body_at(self) -> QPointF:
        """Where the body's top left corner stands."""
        return self._body_at

    def visible_text(self) -> str:
        """What can be read in it, as plain text."""
        return self.body.text_between(*self.body.whole())

    def clear_selection(self) -> None:
        """Select nothing."""
        if self.body.selection:
            self.body.selection = None
            self.update()

    def select_all(self) -> None:
        """Select the whole text."""
        self.selection_started.emit(self.item.id)
        self.body.selection = self.body.whole()
        self.update()

    def focus_stops(self) -> list[QWidget]:
        """What Tab visits in it, in order; itself first."""
        stops: list[QWidget] = [self]
        if self.item.reasoning:
            stops.append(self._thinking)
        stops += self._code_buttons.buttons()
        if not self._retry.isHidden():
            stops.append(self._retry)
        return stops + self._actions.focus_stops()

    def show_actions(self, *, is_focused: bool = False) -> None:
        """Show the actions where the mouse or the focus is on it, or is about to be."""
        focus = QApplication.focusWidget()
        has_focus = is_focused or (focus is not None and (focus is self or self.isAncestorOf(focus)))
        self._actions.set_active(has_focus or self.underMouse())
        self.update()

    # Layout

    def arrange(self, width: int) -> None:
        """Place everything in a width, by the heights known so far."""
        if width == self.width() and not self._is_stale and not self.body.is_dirty:
            return
        self._is_stale = False
        body, left = self.body, 0.0
        if self.is_user:
            most = width * _BUBBLE_SHARE - 2 * BUBBLE_X
            body.set_width(most)
            wish = most if body.code_starts() else max(body.natural_width(), 24.0)
            left = width - BUBBLE_X - min(wish, most)
            top = float(BUBBLE_Y)
        else:
            body.set_width(width)
            top = float(HEADER)
            if self.item.reasoning:
                self._thinking.move(-6, round(top))
                top += _THINKING
            top = self.thoughts.arrange(top, width)
        self._body_at = QPointF(round(left), top)
        top += max(body.height, self.look.body.pitch if self.item.is_streaming else 0)
        top += BUBBLE_Y if self.is_user else 0
        top = self._feet.arrange(top, width)
        if not self._retry.isHidden():
            self._retry.move(-6, round(top + 4))
            top += ROW_HEIGHT + 4
        top += 4
        self._actions.move(width - self._actions.width() + 2 if self.is_user else -6, round(top))
        self._code_buttons.place(body, self._body_at)
        self._update_changed(width, body)
        self.resize(width, round(top + ROW_HEIGHT + _GAP))

    def _update_changed(self, width: int, body: Body) -> None:
        """Draw again what changed since the last time, and the caret."""
        dirty, caret = body.take_dirty(), self.caret_box().toAlignedRect().adjusted(-1, -1, 1, 1)
        if width != self.width() or (self.is_user and dirty is not None):
            self.update()
        elif dirty is not None:
            top = round(self._body_at.y() + dirty) - _ABOVE
            self.update(0, top, width, _TALLEST)
        if caret != self._caret:
            self.update(self._caret)
            self.update(caret)
            self._caret = caret

    def lay_out(self, top: float, bottom: float, keep: float) -> float:
        """Lay out what stands between two heights; by how much what stood at `keep` has moved."""
        self._is_stale |= self.thoughts.lay_out()
        start = self._body_at.y()
        moved = self.body.lay_out(top - start, bottom - start, keep - start)
        self.arrange(self.width())
        return moved + self._body_at.y() - start if keep > start else 0.0

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is seen of it."""
        painter = MessagePainter(QPainter(self), self.look, self.width(), QRectF(event.rect()))
        painter.ground()
        if self.is_user:
            painter.bubble(self._body_at, self.body.height)
        else:
            painter.header("  ·  ".join(heading(self.item)))
        painter.body(self.body, self._body_at)
        self.thoughts.paint(painter)
        self._feet.paint(painter)
        if self.item.is_streaming and self.is_caret_on:
            painter.caret(self.caret_box())
        if self.hasFocus():
            painter.focus_ring(self.height() - _GAP / 2)
        painter.end()

    def caret_box(self) -> QRectF:
        """Where the caret of a streaming reply stands."""
        segments, pitch = self.body.segments, self.look.body.pitch
        corner = self._body_at + QPointF(0, (pitch - _CARET_HEIGHT) / 2)
        if segments and segments[-1].is_laid_out:
            corner += segments[-1].end() + QPointF(_CARET_WIDTH, segments[-1].top)
        return QRectF(corner, QSizeF(_CARET_WIDTH, _CARET_HEIGHT))

    # Mouse and focus

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select, or to follow a link."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word."""
        self._press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select as far as here, or show that a link is one."""
        if self._selecting.is_active:
            self.drag_to(event.position())
            self.dragged.emit(event.position())
        else:
            self.setCursor(self._selecting.hover(self.body, event.position() - self._body_at))

    def drag_to(self, point: QPointF) -> None:
        """Select as far as a point of this view, while a button is held."""
        self._selecting.move(self.body, point - self._body_at)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the selection; a link that was pressed and not dragged is followed."""
        if link := self._selecting.release(self.body, event.position() - self._body_at):
            self.link_activated.emit(link)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what "more" offers."""
        self.menu_requested.emit(self.item.id, event.globalPos())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the actions."""
        super().enterEvent(event)
        self._actions.set_active(True)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the actions, unless the focus is on them."""
        super().leaveEvent(event)
        self.show_actions()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the actions and the ring."""
        super().focusInEvent(event)
        self.show_actions()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The transcript looks where the focus went."""
        super().focusOutEvent(event)
        self.show_actions()

    def _press(self, event: QMouseEvent) -> None:
        self.selection_started.emit(self.item.id)
        is_double = event.type() is QEvent.Type.MouseButtonDblClick
        self._selecting.press(self.body, event.position() - self._body_at, is_double=is_double)
        self.update()

    # Parts

    def _build_buttons(self) -> None:
        self._actions = ActionRow(self, self.look)
        self._thinking = SmallButton(self, self.look, "chevron-right", self.tr("Thinking"), self.tr("Thinking"))
        self._retry = SmallButton(self, self.look, "refresh", self.tr("Try again"), self.tr("Try again"))
        self._code_buttons = CodeButtons(self, self.look)
        self._code_buttons.copied.connect(self._copy_code)
        self._thinking.clicked.connect(self._toggle_thoughts)
        self._retry.clicked.connect(lambda: self.regenerate_requested.emit(self.item.id))
        self._actions.copy_clicked.connect(lambda: self.copy_requested.emit(self.item.id))
        self._actions.edit_clicked.connect(lambda: self.edit_requested.emit(self.item.id))
        self._actions.regenerate_clicked.connect(lambda: self.regenerate_requested.emit(self.item.id))
        self._actions.confidence_clicked.connect(lambda: self.confidence_requested.emit(self.item.id))
        self._actions.more_clicked.connect(lambda place: self.menu_requested.emit(self.item.id, place))
        self._actions.step_clicked.connect(lambda step: self.sibling_chosen.emit(self.item.id, step))

    def _toggle_thoughts(self) -> None:
        self.thoughts.toggle()
        self._thinking.set_icon("chevron-down" if self.thoughts.is_open else "chevron-right")
        self._is_stale = True
        self.update()
        self.height_changed.emit()

    def _copy_code(self, number: int) -> None:
        QGuiApplication.clipboard().setText(self.body.code_at(number))
        self.code_copied.emit()

    def _name(self) -> None:
        who = self.tr("Your message") if self.is_user else self.tr("Reply")
        self.setAccessibleName(", ".join((who, *heading(self.item))))

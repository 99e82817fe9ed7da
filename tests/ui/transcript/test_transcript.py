"""The transcript as its reader meets it: what is seen, clicked, typed, selected and read aloud."""

from __future__ import annotations

import gc
import random
import time
import weakref
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QCursor, QFontMetricsF, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

import desktop_llm.ui.transcript as package
from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript import MessageItem, Transcript
from desktop_llm.ui.transcript.buttons import SmallButton
from desktop_llm.ui.transcript.code_segment import CodeSegment
from desktop_llm.ui.transcript.message_view import MessageView
from desktop_llm.ui.widgets.theme import DARK, LIGHT

pytestmark = pytest.mark.gui

_MARKDOWN = """# Title

A paragraph with **bold**, `code` and a [link](https://example.org/a).

1. one
2. two
   ```python
   def f():
       return "x"
   ```

| a | b |
|---|--:|
| 1 | 2 |

> quoted

The end."""


@pytest.fixture
def transcript(qtbot: QtBot) -> Transcript:
    """An empty transcript on the screen, and the mouse, wherever another test left it, on none of its messages."""
    QCursor.setPos(0, 0)
    view = Transcript(LIGHT)
    qtbot.addWidget(view)
    view.resize(800, 600)
    with qtbot.waitExposed(view):
        view.show()
    return view


def user(item_id: str, text: str, **more: object) -> MessageItem:
    """A message of the user."""
    return MessageItem(item_id, Role.USER, text, **more)  # type: ignore[arg-type]


def reply(item_id: str, text: str, **more: object) -> MessageItem:
    """A message of the model."""
    return MessageItem(item_id, Role.ASSISTANT, text, "SmolLM2", datetime(2026, 11, 21, 10, 32), **more)  # type: ignore[arg-type]  # noqa: DTZ001


def settle(qtbot: QtBot, transcript: Transcript) -> None:
    """Wait until everything is read, laid out and coloured."""
    qtbot.waitUntil(lambda: not transcript.is_busy, timeout=20_000)


def view_of(transcript: Transcript, item_id: str) -> MessageView:
    """The widget of a message that is in view."""
    view = transcript.view_of(item_id)
    assert view is not None
    return view


def button(view: QWidget, name: str) -> SmallButton:
    """The button of an accessible name."""
    return next(each for each in view.findChildren(SmallButton) if each.accessibleName() == name)


def conversation(n: int) -> list[MessageItem]:
    """Questions and replies of some lines."""
    return [reply(str(i), f"{_MARKDOWN}\n\nReply {i}") if i % 2 else user(str(i), f"Question {i}") for i in range(n)]


# What is shown


def test_messages_are_shown_with_author_text_and_note(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([user("q", "Hello?"), reply("a", _MARKDOWN, note="12 tokens/s")])
    settle(qtbot, transcript)
    assert transcript.visible_text().startswith(
        "Hello?\n\nTitle\n\nA paragraph with bold, code and a link.\n\n1. one\n2. two"
    )
    assert "a\tb\n1\t2" in transcript.visible_text()


@pytest.mark.parametrize("seed", range(4))
def test_a_reply_that_streamed_looks_like_one_that_was_opened(qtbot: QtBot, transcript: Transcript, seed: int) -> None:
    dice = random.Random(seed)
    transcript.set_items([user("q", "Hello?"), reply("a", "", is_streaming=True)])
    at = 0
    while at < len(_MARKDOWN):
        size = dice.randint(1, 40)
        transcript.append_text("a", _MARKDOWN[at : at + size])
        at += size
        qtbot.wait(1)
    transcript.update_item(reply("a", _MARKDOWN))
    settle(qtbot, transcript)
    qtbot.wait(20)
    on_screen = QGuiApplication.primaryScreen().grabWindow(transcript.winId()).toImage()
    streamed = transcript.grab().toImage()
    assert on_screen.convertToFormat(streamed.format()) == streamed
    fresh = Transcript(LIGHT)
    qtbot.addWidget(fresh)
    fresh.resize(transcript.size())
    fresh.show()
    fresh.set_items([user("q", "Hello?"), reply("a", _MARKDOWN)])
    settle(qtbot, fresh)
    assert fresh.grab().toImage() == streamed


_CODE = '''A function:

```python
def add_two_numbers(a, b):
    """Return
    the sum."""
    return a + b

add_two_numbers(2, 3)  # Output: 5
```

1. nested
   ```python
   x = "y"  # why
   ```

End'''


def colours(transcript: Transcript, item_id: str) -> list[list[list[tuple[int, int, str]]]]:
    """The coloured stretches of each line of each code block."""
    segments = view_of(transcript, item_id).body.segments
    return [segment.colours() for segment in segments if isinstance(segment, CodeSegment)]


@pytest.mark.parametrize("seed", range(3))
def test_every_line_of_code_is_coloured_whenever_a_stream_rests(
    qtbot: QtBot, transcript: Transcript, seed: int
) -> None:
    dice = random.Random(seed)
    opened = Transcript(LIGHT)
    qtbot.addWidget(opened)
    opened.resize(transcript.size())
    opened.show()
    transcript.set_items([reply("a", "", is_streaming=True)])
    at = 0
    while at < len(_CODE):
        size = dice.randint(1, 12)
        transcript.append_text("a", _CODE[at : at + size])
        at += size
        settle(qtbot, transcript)
        opened.set_items([reply("a", _CODE[:at], is_streaming=True)])
        settle(qtbot, opened)
        assert colours(transcript, "a") == colours(opened, "a")
    last_lines = [block[-1] for block in colours(transcript, "a")]
    assert [len(line) for line in last_lines] == [3, 4]


def test_the_last_line_of_code_has_its_colours_before_more_text_follows(qtbot: QtBot, transcript: Transcript) -> None:
    start = _CODE[: _CODE.index("\n\n1. nested")]
    for text in (start, start.removesuffix("`"), start.removesuffix("\n```"), start + "\n\n1"):
        transcript.set_items([reply("a", text, is_streaming=True)])
        settle(qtbot, transcript)
        ((*_, last),) = colours(transcript, "a")
        assert [start for start, _, _ in last] == [16, 19, 23]


def test_text_appended_to_a_message_that_is_not_built_is_kept(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([*conversation(80), reply("a", "", is_streaming=True)])
    transcript.verticalScrollBar().setValue(0)
    transcript.append_text("a", "one ")
    transcript.append_text("a", "two")
    settle(qtbot, transcript)
    assert transcript.items()[-1].text == "one two"
    transcript.scroll_to_end()
    settle(qtbot, transcript)
    assert "one two" in transcript.visible_text()


def test_messages_that_stay_the_same_are_not_built_again(qtbot: QtBot, transcript: Transcript) -> None:
    items = conversation(4)
    transcript.set_items(items)
    settle(qtbot, transcript)
    before = transcript.view_of("3")
    transcript.set_items([*items, user("more", "More?")])
    settle(qtbot, transcript)
    assert transcript.view_of("3") is before


def test_another_theme_draws_everything_again(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(2))
    settle(qtbot, transcript)
    transcript.set_theme(DARK)
    settle(qtbot, transcript)
    image = transcript.grab().toImage()
    assert image.pixelColor(2, 2).name() == DARK.background
    assert LIGHT.user_bubble not in {image.pixelColor(700, y).name() for y in range(image.height())}


def test_thinking_is_folded_and_can_be_opened(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "Answer", reasoning="First **this**.\n\nThen that.")])
    settle(qtbot, transcript)
    view = view_of(transcript, "a")
    folded = view.height()
    QTest.mouseClick(button(view, "Thinking"), Qt.MouseButton.LeftButton)
    settle(qtbot, transcript)
    assert view.height() > folded + 50
    QTest.mouseClick(button(view, "Thinking"), Qt.MouseButton.LeftButton)
    assert view.height() == folded


def test_a_failed_reply_offers_to_try_again(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "Half", error="The model was unloaded.")])
    settle(qtbot, transcript)
    view = view_of(transcript, "a")
    said = QAccessible.queryAccessibleInterface(view).text(QAccessible.Text.Description)
    assert "The model was unloaded." in said
    with qtbot.waitSignal(transcript.regenerate_requested) as caught:
        QTest.mouseClick(button(view, "Try again"), Qt.MouseButton.LeftButton)
    assert caught.args == ["a"]


def test_an_empty_conversation_shows_nothing(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(6))
    settle(qtbot, transcript)
    transcript.set_items([])
    settle(qtbot, transcript)
    assert transcript.visible_text() == ""
    assert transcript.verticalScrollBar().maximum() == 0
    transcript.append_text("gone", "text")
    transcript.update_item(user("gone", "text"))
    assert transcript.items() == ()


def test_a_text_that_was_replaced_is_read_again(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "One **two**")])
    settle(qtbot, transcript)
    transcript.update_item(reply("a", "# Three"))
    settle(qtbot, transcript)
    assert transcript.visible_text() == "Three"


# Actions


@pytest.mark.parametrize(
    ("item_id", "name", "signal"),
    [
        ("a", "Copy message", "copy_requested"),
        ("a", "Regenerate reply", "regenerate_requested"),
        ("q", "Edit message", "edit_requested"),
        ("q", "Copy message", "copy_requested"),
    ],
)
def test_an_action_asks_for_its_message(
    qtbot: QtBot, transcript: Transcript, item_id: str, name: str, signal: str
) -> None:
    transcript.set_items([user("q", "Hello?"), reply("a", "Hi")])
    settle(qtbot, transcript)
    view = view_of(transcript, item_id)
    view.show_actions(is_focused=True)
    with qtbot.waitSignal(getattr(transcript, signal)) as caught:
        QTest.mouseClick(button(view, name), Qt.MouseButton.LeftButton)
    assert caught.args == [item_id]


def test_a_turn_with_siblings_can_be_switched(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "Hi", sibling_index=1, n_siblings=3)])
    settle(qtbot, transcript)
    steps: list[tuple[str, int]] = []
    transcript.sibling_chosen.connect(lambda item_id, step: steps.append((item_id, step)))
    for name in ("Previous version", "Next version"):
        QTest.mouseClick(button(view_of(transcript, "a"), name), Qt.MouseButton.LeftButton)
    assert steps == [("a", -1), ("a", 1)]


def test_a_code_block_is_copied_as_it_was_written(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "```py\n" + "\tx = 1\n" * 200 + "```\n\n```\nother\n```")])
    settle(qtbot, transcript)
    transcript.verticalScrollBar().setValue(0)
    with qtbot.waitSignal(transcript.code_copied):
        QTest.mouseClick(button(view_of(transcript, "a"), "Copy code"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "\n".join(["\tx = 1"] * 200)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_copies_in_three_ways(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "One **two**")])
    settle(qtbot, transcript)
    view = view_of(transcript, "a")
    view.select_all()
    view.show_actions(is_focused=True)
    QTest.mouseClick(button(view, "More actions"), Qt.MouseButton.LeftButton)
    (menu,) = transcript.findChildren(QMenu)
    actions = {action.text(): action for action in menu.actions()}
    copying = ["Copy selection", "Copy as Markdown", "Copy as plain text", "Select all of this message"]
    assert list(actions) == [*copying, "", "Show as the model sees it"]
    actions["Copy as plain text"].trigger()
    assert QGuiApplication.clipboard().text() == "One two"
    with qtbot.waitSignal(transcript.copy_requested):
        actions["Copy as Markdown"].trigger()
    with qtbot.waitSignal(transcript.prompt_requested):
        actions["Show as the model sees it"].trigger()
    menu.close()


# Foreign text


def test_only_checked_links_are_followed_and_only_by_a_click(qtbot: QtBot, transcript: Transcript) -> None:
    links = ["https://example.org", "javascript:alert(1)", "file:///etc/passwd", "//host/share", "mailto:a@b.org"]
    transcript.set_items([reply("a", "\n\n".join(f"[word{n}]({url})" for n, url in enumerate(links)))])
    settle(qtbot, transcript)
    view = view_of(transcript, "a")
    followed: list[str] = []
    transcript.link_activated.connect(followed.append)
    for y in range(0, view.height(), 4):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(8, y))
    assert set(followed) == {"https://example.org", "mailto:a@b.org"}


def test_no_image_is_ever_loaded(qtbot: QtBot, transcript: Transcript, tmp_path: Path) -> None:
    picture = QImage(400, 400, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    path = tmp_path / "red.png"
    assert picture.save(str(path))
    transcript.set_items([reply("a", f'![alt]({path})\n\n<img src="{path}">\n\n![b](file://{path})')])
    settle(qtbot, transcript)
    image = transcript.grab().toImage()
    red = [
        1
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
        if image.pixelColor(x, y).name() == "#ff0000"
    ]
    assert not red
    assert f"alt ({path})" in transcript.visible_text()


def test_nothing_in_the_view_could_load_a_resource() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(package.__path__[0]).glob("*.py"))
    code = sources.replace("Nothing here is a QTextDocument", "")
    for name in (
        "QTextDocument",
        "QTextBrowser",
        "QTextEdit",
        "QLabel",
        "setHtml",
        "setMarkdown",
        "QImage",
        "QDesktopServices",
    ):
        assert name not in code


def test_a_word_of_one_megabyte_does_not_hold_up_the_window(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "", is_streaming=True)])
    gaps, last = [], time.perf_counter()
    for _ in range(20):
        transcript.append_text("a", "x" * 50_000)
        qtbot.wait(5)
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
    settle(qtbot, transcript)
    assert sorted(gaps)[-2] < 0.5
    assert len(view_of(transcript, "a").visible_text()) == 1_000_000


# The place of the reader


def test_a_conversation_opens_at_its_end_with_few_messages_built(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(1_000))
    settle(qtbot, transcript)
    bar = transcript.verticalScrollBar()
    assert bar.value() == bar.maximum() > 100_000
    assert "Reply 999" in transcript.visible_text()
    assert len(transcript.viewport().findChildren(MessageView)) < 70


def test_built_messages_stay_few_while_one_scrolls(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(1_000))
    bar = transcript.verticalScrollBar()
    for step in range(100):
        bar.setValue(bar.maximum() * step // 100)
        QApplication.processEvents()
    settle(qtbot, transcript)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(transcript.viewport().findChildren(MessageView)) < 70


def test_messages_that_are_forgotten_leave_nothing_to_collect(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(20))
    settle(qtbot, transcript)
    views = [weakref.ref(view) for view in transcript.viewport().findChildren(MessageView)]
    gc.collect()
    gc.disable()
    try:
        transcript.set_items([])
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert views
        assert not any(view() for view in views)
    finally:
        gc.enable()


def test_the_view_follows_the_end_while_the_reader_is_there(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([*conversation(6), reply("a", "", is_streaming=True)])
    settle(qtbot, transcript)
    bar = transcript.verticalScrollBar()
    for _ in range(30):
        transcript.append_text("a", "A line of text.\n\n")
        settle(qtbot, transcript)
        assert bar.value() == bar.maximum()
    assert transcript.is_at_end


def test_the_view_stays_where_the_reader_went(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([*conversation(30), reply("a", "", is_streaming=True)])
    settle(qtbot, transcript)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.value() - 700)
    settle(qtbot, transcript)
    before = _feet(transcript)
    for _ in range(20):
        transcript.append_text("a", "A line of text.\n\n")
        settle(qtbot, transcript)
    assert _feet(transcript) == before
    end = next(
        each for each in transcript.children() if isinstance(each, QWidget) and each.accessibleName() == "Go to the end"
    )
    assert end.isVisible()
    QTest.mouseClick(end, Qt.MouseButton.LeftButton)
    assert transcript.is_at_end
    assert bar.value() == bar.maximum()
    assert not end.isVisible()


def test_what_is_read_does_not_jump_when_heights_above_become_known(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(200))
    settle(qtbot, transcript)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(qtbot, transcript)
    for _ in range(60):
        before = _feet(transcript)
        bar.setValue(bar.value() - 40)
        settle(qtbot, transcript)
        after = _feet(transcript)
        assert {after[key] - before[key] for key in before.keys() & after.keys()} == {40}


def _feet(transcript: Transcript) -> dict[str, int]:
    """Where each message in view ends."""
    views = transcript.viewport().findChildren(MessageView)
    return {view.item.id: view.geometry().bottom() for view in views if view.isVisible()}


def test_another_width_keeps_the_reader_at_the_end(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(40))
    settle(qtbot, transcript)
    transcript.resize(420, 500)
    settle(qtbot, transcript)
    bar = transcript.verticalScrollBar()
    assert bar.value() == bar.maximum()
    assert view_of(transcript, "39").width() <= 420


def test_a_line_of_code_that_is_wrapped_goes_on_indented(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "```\n    call(" + "argument, " * 40 + ")\n```")])
    settle(qtbot, transcript)
    (segment,) = view_of(transcript, "a").body.segments
    image = transcript.grab().toImage()
    corner = view_of(transcript, "a").mapTo(transcript, QPoint(0, 24))
    pitch = segment.look.code.pitch
    starts = []
    for number in range(2):
        top = round(corner.y() + 36 + number * pitch)
        columns = range(corner.x() + 6, corner.x() + 300)
        ground = image.pixelColor(corner.x() + 6, top + 4)
        starts.append(next(x for x in columns if any(image.pixelColor(x, top + y) != ground for y in range(4, 18))))
    letter = QFontMetricsF(segment.look.code.font).horizontalAdvance("c")
    assert starts[1] - starts[0] == pytest.approx(2 * letter, abs=3)


# The keyboard


def test_keys_scroll(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(40))
    settle(qtbot, transcript)
    transcript.setFocus()
    bar = transcript.verticalScrollBar()

    def after(key: Qt.Key) -> int:
        QTest.keyClick(transcript, key)
        settle(qtbot, transcript)
        return bar.value()

    end = bar.value()
    up = after(Qt.Key.Key_Up)
    page = after(Qt.Key.Key_PageUp)
    assert page < up < end
    assert after(Qt.Key.Key_Home) == 0
    assert after(Qt.Key.Key_Down) > 0
    assert after(Qt.Key.Key_PageDown) > 400
    assert after(Qt.Key.Key_End) == bar.maximum()


def test_tab_reaches_messages_their_actions_and_leaves(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([user("q", "Hello?"), reply("a", "Hi\n```py\nx\n```")])
    settle(qtbot, transcript)
    transcript.setFocus()
    visited = []
    for _ in range(20):
        focus = QApplication.focusWidget()
        assert focus is not None
        visited.append(focus.accessibleName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is transcript:
            break
    assert visited == [
        "Conversation",
        "Your message",
        "Copy message",
        "Edit message",
        "More actions",
        "Reply, SmolLM2, 10:32",
        "Copy code",
        "Copy message",
        "Regenerate reply",
        "More actions",
    ]


def test_an_action_is_pressed_with_the_space_bar(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "Hi")])
    settle(qtbot, transcript)
    transcript.setFocus()
    for _ in range(2):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    focus = QApplication.focusWidget()
    assert focus is not None
    with qtbot.waitSignal(transcript.copy_requested):
        QTest.keyClick(focus, Qt.Key.Key_Space)


def test_keys_scroll_and_copy_while_a_message_has_the_focus(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(40))
    settle(qtbot, transcript)
    view = view_of(transcript, "39")
    view.setFocus()
    before = transcript.verticalScrollBar().value()
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert transcript.verticalScrollBar().value() < before
    view.select_all()
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Title")


def test_the_wheel_scrolls_over_a_message(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items(conversation(40))
    settle(qtbot, transcript)
    before = transcript.verticalScrollBar().value()
    QTest.wheelEvent(transcript.windowHandle(), QPointF(300, 300), QPoint(0, 120))
    assert transcript.verticalScrollBar().value() < before
    assert not transcript.is_at_end


# Selecting


def drag(view: MessageView, start: QPoint, end: QPoint) -> None:
    """Drag the mouse over a message."""
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def test_text_is_selected_across_blocks_and_copied_as_plain_text(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "First **bold** line.\n\n- item\n\n```\ncode\n```")])
    settle(qtbot, transcript)
    view = view_of(transcript, "a")
    drag(view, QPoint(0, 26), QPoint(view.width() - 4, view.height() - 60))
    QTest.keyClick(transcript, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "First bold line.\n\n• item\n\ncode"


@pytest.mark.qt_log_ignore("occurs outside target window")
@pytest.mark.parametrize("is_up", [True, False])
def test_selecting_past_the_edge_scrolls(qtbot: QtBot, transcript: Transcript, *, is_up: bool) -> None:
    lines = [f"Line {n}." for n in range(300)]
    transcript.set_items([reply("a", "\n\n".join(lines))])
    settle(qtbot, transcript)
    bar, window = transcript.verticalScrollBar(), transcript.windowHandle()
    bar.setValue(bar.maximum() // 2)
    settle(qtbot, transcript)
    before, beyond = bar.value(), QPoint(400, -40 if is_up else transcript.height() + 40)
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=QPoint(60, 300))
    QCursor.setPos(transcript.mapToGlobal(beyond))
    QTest.mouseMove(window, beyond)
    qtbot.waitUntil(lambda: bar.value() < before - 400 if is_up else bar.value() > before + 400)
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=beyond)
    qtbot.wait(50)
    stopped = bar.value()
    qtbot.wait(100)
    assert bar.value() == stopped
    selected = transcript.selected_text().split("\n\n")
    assert len(selected) > 15
    assert set(selected[1:-1]) <= set(lines)


def test_two_clicks_select_a_word(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "First second")])
    settle(qtbot, transcript)
    QTest.mouseDClick(view_of(transcript, "a"), Qt.MouseButton.LeftButton, pos=QPoint(10, 34))
    assert transcript.selected_text() == "First"


def test_only_one_message_has_a_selection(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "First"), reply("b", "Second")])
    settle(qtbot, transcript)
    view_of(transcript, "a").select_all()
    assert transcript.selected_text() == "First"
    view_of(transcript, "b").select_all()
    assert transcript.selected_text() == "Second"
    assert not view_of(transcript, "a").body.selection


def test_letters_outside_the_basic_plane_are_selected_whole(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "🙂 é 日本 end")])
    settle(qtbot, transcript)
    view_of(transcript, "a").select_all()
    assert transcript.selected_text() == "🙂 é 日本 end"


# The screen reader


def test_a_screen_reader_finds_each_message_with_its_text(qtbot: QtBot, transcript: Transcript) -> None:
    QAccessible.setActive(True)
    transcript.set_items([user("q", "Hello?"), reply("a", "Hi **there**")])
    settle(qtbot, transcript)
    interface = QAccessible.queryAccessibleInterface(view_of(transcript, "a"))
    assert interface.text(QAccessible.Text.Name) == "Reply, SmolLM2, 10:32"
    assert "Hi there" in interface.text(QAccessible.Text.Description)
    names = [
        child.accessibleName()
        for child in transcript.viewport().findChildren(QWidget)
        if isinstance(child, MessageView | SmallButton)
    ]
    assert all(names)


def test_the_caret_marks_where_a_reply_grows(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([reply("a", "Text", is_streaming=True)])
    settle(qtbot, transcript)
    view = view_of(transcript, "a")
    first = view.caret_box()
    transcript.append_text("a", " and more")
    settle(qtbot, transcript)
    assert view.caret_box().left() > first.left()
    assert view.grab().toImage().pixelColor(view.caret_box().center().toPoint()).name() == LIGHT.accent
    transcript.update_item(reply("a", "Text and more"))
    settle(qtbot, transcript)
    assert view.grab().toImage().pixelColor(view.caret_box().center().toPoint()).name() == LIGHT.background


def test_without_motion_the_caret_stands_still(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_motion(False)
    transcript.set_items([reply("a", "Text", is_streaming=True)])
    settle(qtbot, transcript)
    assert view_of(transcript, "a").is_caret_on
    qtbot.wait(700)
    assert view_of(transcript, "a").is_caret_on

"""LiveSessions: the session of each conversation, kept alive while another one is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop_llm.chat.conversation import Conversation, Turn
from desktop_llm.chat.session import ChatSession
from desktop_llm.engine.events import PromptProgress
from desktop_llm.ui.doorbell import Doorbell

#: Opens a session; the second argument is the bell it gives to its stream.
OpenSession = Callable[[Conversation, Callable[[], None]], ChatSession]


class LiveSessions(QObject):
    """One ChatSession and one doorbell a conversation; what happens is told by signals with its id.

    It outlives the window's widgets, so that a reply goes on while the window is built anew.
    """

    #: Turns were added or another branch is shown; with the conversation's id.
    path_changed = Signal(str)
    #: The prompt is being computed; with the conversation's id and a PromptProgress.
    prompt_progressed = Signal(str, object)
    #: A reply grew; with the conversation's id, its Turn and the new text; "" when its reasoning grew.
    text_appended = Signal(str, object, str)
    #: A reply is finished, stopped or failed; with the conversation's id and its Turn.
    reply_ended = Signal(str, object)

    def __init__(self, open_session: OpenSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_session = open_session
        self._open: dict[str, tuple[ChatSession, Doorbell]] = {}

    def session(self, conversation: Conversation) -> ChatSession:
        """The conversation's session, opened at the first call."""
        if conversation.id not in self._open:
            bell = Doorbell(self)
            session = self._open_session(conversation, bell.ring_threadsafe)
            session.listener = _Relay(self, conversation.id)
            bell.answered.connect(session.receive)
            self._open[conversation.id] = session, bell
        return self._open[conversation.id][0]

    def is_replying(self, conversation: Conversation) -> bool:
        """Whether a reply is under way there."""
        return conversation.id in self._open and self._open[conversation.id][0].is_replying

    def close_session(self, conversation: Conversation) -> None:
        """Stop what is under way there and forget the session."""
        if conversation.id in self._open:
            self._close(*self._open.pop(conversation.id))

    def close(self) -> None:
        """Stop everything; at the end of the window."""
        for session, bell in self._open.values():
            self._close(session, bell)
        self._open.clear()

    def _close(self, session: ChatSession, bell: Doorbell) -> None:
        session.close()
        bell.close()
        bell.deleteLater()


class _Relay:
    """Hands one session's news on as signals."""

    def __init__(self, sessions: LiveSessions, conversation_id: str) -> None:
        self._sessions = sessions
        self._id = conversation_id

    def path_changed(self) -> None:
        self._sessions.path_changed.emit(self._id)

    def prompt_progressed(self, progress: PromptProgress) -> None:
        self._sessions.prompt_progressed.emit(self._id, progress)

    def text_appended(self, turn: Turn, text: str) -> None:
        self._sessions.text_appended.emit(self._id, turn, text)

    def thought_appended(self, turn: Turn, text: str) -> None:
        del text
        self._sessions.text_appended.emit(self._id, turn, "")

    def reply_ended(self, turn: Turn) -> None:
        self._sessions.reply_ended.emit(self._id, turn)

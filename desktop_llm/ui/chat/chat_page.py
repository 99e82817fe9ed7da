"""The chat page: one conversation with its composer, its model, and how it is going."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication

from desktop_llm.chat.conversation import Conversation, ReplySettings, Turn
from desktop_llm.chat.session import ChatSession
from desktop_llm.engine.events import PromptProgress
from desktop_llm.engine.messages import Role
from desktop_llm.errors import AppError, EngineError
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.services import Services
from desktop_llm.ui.chat.chat_parts import ChatParts
from desktop_llm.ui.chat.live_sessions import LiveSessions
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerKind
from desktop_llm.ui.widgets.error_text import translate_error

if TYPE_CHECKING:
    from desktop_llm.ui.chat.messages import Messages
    from desktop_llm.ui.transcript import Transcript

MESSAGE_STAYS_MS = 2_500


@dataclass(slots=True)
class _Edit:
    """An earlier question that is being worded anew, and the draft that waits meanwhile."""

    turn_id: str
    draft: str


class ChatPage(ChatParts):
    """Shows one conversation and turns what the user does into wishes to its session."""

    #: A model file from anywhere is wanted.
    open_requested = Signal()
    #: The list of conversations shall be shown or hidden.
    list_toggled = Signal()
    #: The title or the state of the shown conversation changed.
    conversation_changed = Signal()
    #: A link in a reply was clicked; with its address, which nobody has checked.
    link_activated = Signal(str)
    #: It shall be shown what fits of a model that does not; with its ModelEntry and its Price.
    fit_requested = Signal(object, object)
    #: A conversation up to a message shall be shown as the model sees it; with it and the message's id.
    prompt_requested = Signal(object, str)

    def __init__(self, services: Services, appearance: Appearance, sessions: LiveSessions, loader: ModelLoader) -> None:
        super().__init__(appearance, loader)
        self._services, self._appearance = services, appearance
        self._sessions, self._loader = sessions, loader
        self._waiting: dict[str, str] = {}
        self._edit: _Edit | None = None
        self._messages: Messages | None = None
        self.conversation = _empty_conversation(services)
        self._saying = QTimer(self)
        self._saying.setSingleShot(True)
        self._connect()
        self.show_conversation(self.conversation)

    # what is shown

    @property
    def session(self) -> ChatSession:
        """The session of the shown conversation."""
        return self._sessions.session(self.conversation)

    @property
    def messages(self) -> Messages:
        """The shown messages; built when they are first needed, since their imports are heavy."""
        if self._messages is None:
            self._messages = self._build_messages()
        return self._messages

    @property
    def transcript(self) -> Transcript:
        """The view of the messages."""
        return self.messages.view

    def show_conversation(self, conversation: Conversation) -> None:
        """Show another conversation; the draft of the one before is kept with it."""
        self._leave_edit()
        self.conversation.draft = self.composer.text
        self.conversation = conversation
        self.composer.set_text(conversation.draft)
        self.panel.show_settings(conversation.reply_settings)
        self._show_path()
        self._show_state()
        self._show_last_reply()

    def keep_draft(self) -> None:
        """Put what is written into the conversation, as before the window goes."""
        self._leave_edit()
        self.conversation.draft = self.composer.text

    # what the user wants

    def send(self, text: str) -> None:
        """Send a question: now, or when the model that is being loaded is ready."""
        if self._loader.is_loading:
            self._waiting[self.conversation.id] = text
            self._clear_composer()
            self._show_path()
            self._show_state()
            return
        if self._loader.current is None:
            self.show_no_model()
            return
        edit = self._edit
        self._clear_composer()
        if edit is not None:
            self.session.edit(edit.turn_id, text)
        else:
            self.session.send(text)

    def stop(self) -> None:
        """End the reply under way, or take back a question that waits, or give an edit up."""
        waiting = self._waiting.pop(self.conversation.id, None)
        if waiting is not None:
            self.composer.set_text(waiting)
            self._show_path()
            self._show_state()
        elif self.session.is_replying:
            self.session.stop()
        elif self._edit is not None:
            self._leave_edit()

    def regenerate(self, turn_id: str | None = None) -> None:
        """Ask for another reply in the place of one, by default the last."""
        if self._loader.current is None or self._loader.is_loading:
            self.show_no_model()
            return
        if self.conversation.is_empty:
            return
        self.session.regenerate(turn_id)

    def edit(self, turn_id: str | None = None) -> None:
        """Put a question, by default the last, into the composer to word it anew."""
        questions = [turn for turn in self.conversation.path() if turn.message.role is Role.USER]
        if turn_id is None and not questions:
            return
        turn = self.conversation.turn(turn_id) if turn_id is not None else questions[-1]
        draft = self._edit.draft if self._edit is not None else self.composer.text
        self._edit = _Edit(turn.id, draft)
        self.composer.set_editing(True)
        self.composer.set_text(turn.message.text)
        self.focus_composer()

    def copy(self, turn_id: str | None = None) -> None:
        """Copy a message as it was written, by default the last reply."""
        replies = [turn for turn in self.conversation.path() if turn.is_reply]
        if turn_id is None and not replies:
            return
        turn = self.conversation.turn(turn_id) if turn_id is not None else replies[-1]
        QGuiApplication.clipboard().setText(turn.message.text)
        self._say(self.tr("Copied."))

    def step_sibling(self, turn_id: str | None, step: int) -> None:
        """Show the branch before or after, by default that of the last turn that has any."""
        if turn_id is None:
            branching = [turn for turn in self.conversation.path() if len(self.conversation.siblings(turn.id)) > 1]
            if not branching:
                return
            turn_id = branching[-1].id
        if self.session.is_replying:
            self._say(self.tr("Stop the reply first."))
            return
        self.session.show_sibling(turn_id, step)

    def show_error(self, error: BaseException) -> None:
        """Say in a banner what went wrong."""
        self.banners.show_banner(BannerKind.ERROR, translate_error(error))

    def show_no_model(self) -> None:
        """Say that there is nobody to answer, and what to do."""
        text = self.tr("No model is ready. A model file is needed to answer.")
        if self._loader.is_loading:
            text = self.tr("The model is still loading. Questions can be sent already; they wait for it.")
        banner = self.banners.show_banner(BannerKind.WARNING, text)
        if not self._loader.is_loading:
            banner.add_action(self.tr("Open a model file…"), self.open_requested.emit)

    # connecting

    def _build_messages(self) -> Messages:
        from desktop_llm.ui.chat.messages import Messages

        messages = Messages(self._services, self._appearance, self)
        messages.confidence.listen(self._sessions, self._loader.loaded)
        view = messages.view
        view.copy_requested.connect(self.copy)
        view.edit_requested.connect(self.edit)
        view.regenerate_requested.connect(self.regenerate)
        view.prompt_requested.connect(lambda turn_id: self.prompt_requested.emit(self.conversation, turn_id))
        view.sibling_chosen.connect(self.step_sibling)
        view.link_activated.connect(self.link_activated)
        self.add_view(view)
        return messages

    def _connect(self) -> None:
        self._saying.timeout.connect(self._show_last_reply)
        self.list_button.clicked.connect(self.list_toggled)
        self.panel_button.clicked.connect(self.toggle_panel)
        self.panel.close_requested.connect(lambda: self.set_panel_visible(False))
        self.panel.changed.connect(self._keep_reply_settings)
        self.home.example_chosen.connect(self._send_example)
        self.home.open_requested.connect(self.open_requested)
        self.composer.send_requested.connect(self.send)
        self.composer.stop_requested.connect(self.stop)
        self.composer.edit_cancelled.connect(self._leave_edit)
        self.picker.chosen.connect(self._loader.load)
        self.picker.open_requested.connect(self.open_requested)
        self._sessions.path_changed.connect(self._on_path_changed)
        self._sessions.prompt_progressed.connect(self._on_prompt_progressed)
        self._sessions.text_appended.connect(self._on_text_appended)
        self._sessions.reply_ended.connect(self._on_reply_ended)
        self._loader.changed.connect(self._show_state)
        self._loader.loaded.connect(lambda: self.banners.clear(BannerKind.WARNING))
        self._loader.loaded.connect(self._send_waiting)
        self._loader.failed.connect(self._on_load_failed)

    # what the sessions and the loader say

    def _on_path_changed(self, conversation_id: str) -> None:
        if conversation_id == self.conversation.id:
            self._show_path()
            self._show_state()
        self.conversation_changed.emit()

    def _on_prompt_progressed(self, conversation_id: str, progress: PromptProgress) -> None:
        path = self.conversation.path()
        if conversation_id == self.conversation.id and not (path and path[-1].message.text):
            self.status.show_prompt(progress)

    def _on_text_appended(self, conversation_id: str, turn: Turn, text: str) -> None:
        if conversation_id == self.conversation.id:
            self.messages.grow(self.conversation, turn, text)
            pace = self.session.pace
            if pace is not None:
                self.status.show_pace(pace)

    def _on_reply_ended(self, conversation_id: str, turn: Turn) -> None:
        if conversation_id == self.conversation.id:
            self.messages.update(self.conversation, turn)
            self._show_state()
            self._show_last_reply()
        if turn.reply is not None and isinstance(turn.reply.error, EngineError):
            self._offer_reload(turn.reply.error)
        self.conversation_changed.emit()

    def _on_load_failed(self, error: AppError) -> None:
        banner = self.banners.show_banner(BannerKind.ERROR, translate_error(error))
        entry = self._loader.failed_entry
        if isinstance(error, ModelDoesNotFitError) and entry is not None:
            banner.add_action(self.tr("See what fits"), lambda: self.fit_requested.emit(entry, error.price))
        elif self._loader.current is None:
            banner.add_action(self.tr("Open a model file…"), self.open_requested.emit)
        if self._loader.current is None:
            self._take_waiting_back()
        else:
            self._send_waiting()

    def _send_waiting(self) -> None:
        shown = self.conversation
        for conversation in self._services.chats.conversations():
            text = self._waiting.pop(conversation.id, None)
            if text is not None:
                self._sessions.session(conversation).send(text)
        if shown.id == self.conversation.id:
            self._show_path()

    def _take_waiting_back(self) -> None:
        for conversation in self._services.chats.conversations():
            text = self._waiting.pop(conversation.id, None)
            if text is not None and conversation.id != self.conversation.id:
                conversation.draft = text
            elif text is not None:
                self.composer.set_text(text)
        self._show_path()
        self._show_state()

    def _offer_reload(self, error: EngineError) -> None:
        banner = self.banners.show_banner(BannerKind.ERROR, translate_error(error))
        banner.add_action(self.tr("Load the model again"), self._loader.reload)

    # showing

    def _show_path(self) -> None:
        waiting = self._waiting.get(self.conversation.id)
        if self.conversation.is_empty and waiting is None:
            self.stack.setCurrentWidget(self.home)
        else:
            self.messages.show(self.conversation, self.session.replying_turn_id, waiting)
            self.stack.setCurrentWidget(self.transcript)
        self.title.set_whole_text(self.conversation.title or self.tr("New conversation"))

    def _show_state(self) -> None:
        is_waiting = self.conversation.id in self._waiting
        self.composer.set_replying(self._sessions.is_replying(self.conversation) or is_waiting)

    def _show_last_reply(self) -> None:
        self.status.clear()
        replies = [turn.reply for turn in self.conversation.path() if turn.reply is not None and turn.reply.is_finished]
        if replies:
            self.status.show_reply(replies[-1])

    def _say(self, text: str) -> None:
        self.status.show_message(text)
        self._saying.start(MESSAGE_STAYS_MS)

    def _clear_composer(self) -> None:
        self._edit = None
        self.composer.set_editing(False)
        self.composer.set_text("")
        self.conversation.draft = ""

    def _leave_edit(self) -> None:
        if self._edit is None:
            return
        draft = self._edit.draft
        self._edit = None
        self.composer.set_editing(False)
        self.composer.set_text(draft)

    def _send_example(self, text: str) -> None:
        self.composer.set_text(text)
        self.focus_composer()
        self.send(text)

    def _keep_reply_settings(self, settings: ReplySettings) -> None:
        self.conversation.reply_settings = settings


def _empty_conversation(services: Services) -> Conversation:
    """The newest conversation if nothing was said in it yet, or a new one."""
    newest = next(iter(services.chats.conversations()), None)
    return newest if newest is not None and newest.is_empty else services.new_conversation()

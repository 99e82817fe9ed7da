"""Services: every part of the app, built once from the settings and closed in reverse order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from desktop_llm.chat.book import ChatBook
from desktop_llm.chat.conversation import Conversation, ReplySettings
from desktop_llm.chat.session import ChatSession
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from desktop_llm.engine.ticket import LoadTicket
from desktop_llm.engine.trial import try_model
from desktop_llm.models.gguf import read_chat_model_info
from desktop_llm.models.library import STARTER, ModelEntry, ModelLibrary
from desktop_llm.models.loading import ModelLoading
from desktop_llm.paths import Paths
from desktop_llm.settings import SettingsStore


@dataclass(frozen=True, slots=True)
class Services:
    """The built house, one attribute a part."""

    paths: Paths
    settings: SettingsStore
    library: ModelLibrary
    engine: Engine
    loading: ModelLoading
    chats: ChatBook

    def load_model(self, entry: ModelEntry) -> LoadTicket:
        """Start loading a model as the settings say; any thread."""
        return self.loading.load(entry.path, self.load_params(), is_proven=entry.is_builtin)

    def model_to_start_with(self) -> ModelEntry:
        """The model the settings name, or the built-in one. Raises ModelNotFoundError."""
        return self.library.find(self.settings.text("model") or STARTER)

    def load_params(self) -> LoadParams:
        """How models are loaded, from the settings."""
        cache_type = CacheType(self.settings.text("kv_cache_type"))
        return LoadParams(
            n_ctx=self.settings.number("context_tokens"),
            n_seq_max=self.settings.number("parallel_requests"),
            n_threads=self.settings.number("threads"),
            n_threads_batch=self.settings.number("threads"),
            n_gpu_layers=self.settings.number("gpu_layers"),
            cache_type_k=cache_type,
            cache_type_v=cache_type,
        )

    def reply_settings(self) -> ReplySettings:
        """What a new conversation asks of its replies, from the settings."""
        max_tokens, seed = self.settings.number("max_tokens"), self.settings.number("seed")
        return ReplySettings(
            system_prompt=self.settings.text("system_prompt"),
            temperature=self.settings.real("temperature"),
            max_tokens=max_tokens or None,
            seed=seed if seed >= 0 else None,
        )

    def new_conversation(self) -> Conversation:
        """Begin a conversation with the settings' defaults."""
        return self.chats.new(self.reply_settings())

    def session(self, conversation: Conversation, bell: Callable[[], None]) -> ChatSession:
        """Open the live exchange of a conversation; `bell` is rung on the engine's thread."""
        return ChatSession(conversation, self._start_reply, bell=bell, model_name=self._model_name)

    def _start_reply(self, prompt: ChatPrompt, params: SamplingParams) -> TokenStream:
        overflow = ContextOverflow(self.settings.text("context_overflow"))
        return self.engine.submit(prompt, params, overflow)

    def _model_name(self) -> str:
        facts = self.engine.facts
        return facts.path.stem if facts is not None else ""


@contextmanager
def build_services(paths: Paths) -> Iterator[Services]:
    """Build everything bottom up, and close it top down at the end of the `with`."""
    with ExitStack() as stack:
        settings = SettingsStore(paths.settings_file)
        engine = stack.enter_context(Engine())
        loading = ModelLoading(engine, read_chat_model_info, try_model)
        stack.callback(loading.close)
        yield Services(
            paths=paths,
            settings=settings,
            library=ModelLibrary(paths.builtin_models, paths.models),
            engine=engine,
            loading=loading,
            chats=ChatBook(),
        )

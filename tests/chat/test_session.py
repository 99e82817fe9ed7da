"""The live exchange: wishes become requests, events become turns."""

import random

import pytest

from desktop_llm.chat.conversation import Conversation, ReplySettings, Turn
from desktop_llm.chat.session import ChatSession, Replier, SilentListener
from desktop_llm.engine.events import Finish, FinishReason, Timings, Token, TokenAlternative, Usage
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.harmony import HarmonyStyle
from desktop_llm.engine.replies.parser import ReplyStyle, TextStyle
from desktop_llm.engine.replies.thoughts import THINK
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from desktop_llm.engine.token_record import ScoredToken, TokenRecord
from desktop_llm.errors import GenerationError, NoModelLoadedError, PromptTooLongError


def finish(text: str = "", reason: FinishReason = FinishReason.STOP, dropped: tuple[int, ...] = ()) -> Finish:
    return Finish(text, reason, Usage(5, 0, 2), Timings(0, 0.1, 0.1, 1, 50, 20), 7, 100, dropped_messages=dropped)


class Engine:
    """Hands out real streams, which the test fills as the engine would."""

    def __init__(self) -> None:
        self.prompts: list[ChatPrompt] = []
        self.params: list[SamplingParams] = []
        self.streams: list[TokenStream] = []
        self.n_aborts = 0
        self.refusal: NoModelLoadedError | None = None

    def start(self, prompt: ChatPrompt, params: SamplingParams) -> TokenStream:
        if self.refusal is not None:
            raise self.refusal
        self.prompts.append(prompt)
        self.params.append(params)
        self.streams.append(TokenStream(on_abort=self._abort))
        return self.streams[-1]

    def _abort(self) -> None:
        self.n_aborts += 1

    @property
    def stream(self) -> TokenStream:
        return self.streams[-1]


class Recorder(SilentListener):
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.thoughts: list[str] = []
        self.ended: list[Turn] = []
        self.n_paths = 0

    def path_changed(self) -> None:
        self.n_paths += 1

    def text_appended(self, turn: Turn, text: str) -> None:
        self.texts.append(text)

    def thought_appended(self, turn: Turn, text: str) -> None:
        self.thoughts.append(text)

    def reply_ended(self, turn: Turn) -> None:
        self.ended.append(turn)


def open_session(
    reply_settings: ReplySettings | None = None, style: ReplyStyle | None = None
) -> tuple[ChatSession, Engine, Recorder]:
    engine, recorder = Engine(), Recorder()
    conversation = Conversation(reply_settings=reply_settings or ReplySettings())
    session = ChatSession(
        conversation, Replier(engine.start, lambda: "tiny", lambda: style or TextStyle((THINK,))), recorder
    )
    return session, engine, recorder


def texts(session: ChatSession) -> list[tuple[str, str]]:
    return [(turn.message.role.value, turn.message.text) for turn in session.conversation.path()]


def test_a_reply_grows_as_its_events_come() -> None:
    session, engine, recorder = open_session()
    session.send("Hi")
    engine.stream.put(Token(1, b"He", "He"))
    session.receive()
    assert texts(session) == [("user", "Hi"), ("assistant", "He")]
    engine.stream.put(Token(2, b"llo", "llo"))
    engine.stream.put(finish("!"))
    session.receive()
    assert texts(session)[-1] == ("assistant", "Hello!")
    assert recorder.texts == ["He", "llo!"]
    reply = recorder.ended[0].reply
    assert reply is not None
    assert (reply.is_finished, reply.reason, reply.model_name) == (True, FinishReason.STOP, "tiny")
    assert not session.is_replying


def test_the_pace_of_a_reply_is_told_while_it_grows() -> None:
    session, engine, _ = open_session()
    session.send("Hi")
    assert session.pace is None
    engine.stream.put(Token(1, b"a", "a"))
    session.receive()
    engine.stream.put(Token(2, b"", ""))
    engine.stream.put(Token(3, b"c", "c"))
    session.receive()
    pace = session.pace
    assert pace is not None
    assert pace.n_tokens == 3
    assert pace.time_to_first_token_s >= 0
    assert pace.tokens_per_s > 0
    engine.stream.put(finish())
    session.receive()
    assert session.pace is None


def test_the_prompt_holds_the_system_prompt_and_the_whole_path() -> None:
    session, engine, _ = open_session(ReplySettings(system_prompt="Be brief.", temperature=0.1, max_tokens=9, seed=3))
    session.send("one")
    engine.stream.put(finish("1"))
    session.receive()
    session.send("two")
    assert engine.prompts[-1].messages == (
        Message(Role.SYSTEM, "Be brief."),
        Message(Role.USER, "one"),
        Message(Role.ASSISTANT, "1"),
        Message(Role.USER, "two"),
    )
    assert (engine.params[-1].temperature, engine.params[-1].max_tokens, engine.params[-1].seed) == (0.1, 9, 3)


def test_whoever_hears_of_a_new_turn_sees_that_a_reply_is_under_way() -> None:
    session, _, recorder = open_session()
    seen: list[bool] = []
    recorder.path_changed = lambda: seen.append(session.is_replying)  # type: ignore[method-assign]
    session.send("Hi")
    assert seen == [True]


def test_stop_keeps_what_was_said_and_ends_with_the_engines_word() -> None:
    session, engine, recorder = open_session()
    session.send("Hi")
    engine.stream.put(Token(1, b"Half", "Half"))
    session.stop()
    assert engine.n_aborts == 1
    engine.stream.put(finish(reason=FinishReason.ABORTED))
    session.receive()
    assert texts(session)[-1] == ("assistant", "Half")
    assert recorder.ended[0].reply is not None
    assert recorder.ended[0].reply.reason is FinishReason.ABORTED


def test_sending_while_a_reply_is_under_way_ends_it_first() -> None:
    session, engine, _ = open_session()
    session.send("one")
    engine.stream.put(Token(1, b"Half", "Half"))
    session.send("two")
    assert engine.n_aborts == 1
    assert texts(session) == [("user", "one"), ("assistant", "Half"), ("user", "two"), ("assistant", "")]


def test_regenerating_makes_a_sibling_from_the_same_prompt() -> None:
    session, engine, _ = open_session()
    session.send("one")
    engine.stream.put(finish("first"))
    session.receive()
    session.regenerate()
    engine.stream.put(finish("second"))
    session.receive()
    assert engine.prompts[0] == engine.prompts[1]
    reply = session.conversation.path()[-1]
    assert [turn.message.text for turn in session.conversation.siblings(reply.id)] == ["first", "second"]
    session.show_sibling(reply.id, -1)
    assert texts(session)[-1] == ("assistant", "first")
    session.show_sibling(session.conversation.path()[-1].id, -1)  # there is none before it: nothing happens
    assert texts(session)[-1] == ("assistant", "first")


def test_an_edited_question_is_a_sibling_answered_anew() -> None:
    session, engine, _ = open_session()
    session.send("one")
    engine.stream.put(finish("1"))
    session.receive()
    session.edit(session.conversation.path()[0].id, "uno")
    assert texts(session) == [("user", "uno"), ("assistant", "")]
    assert engine.prompts[-1].messages == (Message(Role.USER, "uno"),)


def test_a_failed_request_leaves_its_error_with_the_reply_and_can_be_asked_again() -> None:
    session, engine, recorder = open_session()
    session.send("Hi")
    engine.stream.put(Token(1, b"Half", "Half"))
    engine.stream.fail(GenerationError("It broke."))
    session.receive()
    assert recorder.ended[0].reply is not None
    assert str(recorder.ended[0].reply.error) == "It broke."
    assert texts(session)[-1] == ("assistant", "Half")
    session.regenerate()
    assert session.is_replying


def test_without_a_model_the_question_is_kept_and_the_reason_is_told() -> None:
    session, engine, recorder = open_session()
    engine.refusal = NoModelLoadedError("No model is loaded.")
    session.send("Hi")
    assert texts(session)[0] == ("user", "Hi")
    assert recorder.ended[0].reply is not None
    assert recorder.ended[0].reply.error is engine.refusal


def test_questions_around_an_empty_failed_reply_become_one_message() -> None:
    session, engine, _ = open_session()
    session.send("one")
    engine.stream.fail(PromptTooLongError("Too long."))
    session.receive()
    session.send("two")
    assert engine.prompts[-1].messages == (Message(Role.USER, "one\n\ntwo"),)


def test_turns_that_were_left_out_are_named_by_their_ids() -> None:
    session, engine, recorder = open_session(ReplySettings(system_prompt="Be brief."))
    session.send("one")
    engine.stream.put(finish("1"))
    session.receive()
    session.send("two")
    engine.stream.put(finish("2", dropped=(1, 2)))
    session.receive()
    path = session.conversation.path()
    assert recorder.ended[-1].reply is not None
    assert recorder.ended[-1].reply.dropped_turns == (path[0].id, path[1].id)


def test_closing_aborts_and_is_silent() -> None:
    session, engine, recorder = open_session()
    session.send("one")
    session.close()
    assert engine.n_aborts == 1
    engine.stream.put(Token(1, b"late", "late"))
    session.receive()
    assert recorder.texts == []


def test_what_the_model_thinks_is_kept_apart_and_sent_back_as_reasoning() -> None:
    session, engine, recorder = open_session()
    session.send("2+2?")
    for text in ("<thi", "nk>\nLet me ", "see.\n</think>", "\n\n4"):
        engine.stream.put(Token(1, b"", text))
        session.receive()
    engine.stream.put(finish("."))
    session.receive()
    assert recorder.thoughts == ["Let me", " see."]
    assert recorder.texts == ["4", "."]
    session.send("Sure?")
    answer = engine.prompts[-1].messages[1]
    assert (answer.text, answer.reasoning) == ("4.", "Let me see.")


def test_a_thought_that_the_prompt_begins_is_told_by_the_models_style() -> None:
    session, engine, _ = open_session(style=TextStyle((THINK,), THINK))
    session.send("Hi")
    engine.stream.put(Token(1, b"", "Hm.</think>Hello"))
    engine.stream.put(finish())
    session.receive()
    reply = session.conversation.path()[-1].message
    assert (reply.text, reply.reasoning) == ("Hello", "Hm.")
    assert "<think>" in engine.params[-1].special_texts


def test_channels_become_reasoning_and_text() -> None:
    session, engine, _ = open_session(style=HarmonyStyle())
    session.send("Hi")
    engine.stream.put(Token(1, b"", "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final"))
    engine.stream.put(finish("<|message|>Hello"))
    session.receive()
    reply = session.conversation.path()[-1].message
    assert (reply.text, reply.reasoning) == ("Hello", "Hm.")


def test_what_was_held_back_of_a_reply_that_fails_is_kept() -> None:
    session, engine, recorder = open_session()
    session.send("Hi")
    engine.stream.put(Token(1, b"", "<thi"))
    engine.stream.fail(GenerationError("It broke."))
    session.receive()
    assert texts(session)[-1] == ("assistant", "<thi")
    assert recorder.texts == ["<thi"]


# the tokens of a reply, and branching at one of them


def _judged(token: int, piece: bytes, *others: TokenAlternative) -> Token:
    return Token(token, piece, piece.decode(), -0.5, others, 1.25, 2, 0.25)


def _recorded() -> tuple[ChatSession, Engine, str]:
    """A session whose reply "The sky" was recorded; the turn's id."""
    session, engine, _ = open_session(ReplySettings(max_tokens=5))
    session.send("Why?")
    engine.stream.put(_judged(1, b"The", TokenAlternative(9, b"Our", -2.0, 0.5)))
    engine.stream.put(_judged(2, b" sky"))
    engine.stream.put(finish())
    session.receive()
    return session, engine, session.conversation.path()[-1].id


def test_the_tokens_of_a_reply_are_kept_beside_it() -> None:
    session, _, turn_id = _recorded()
    record = session.conversation.record(turn_id)
    assert record is not None
    assert (record.text, record.writer, record.judges()) == ("The sky", "tiny", ("tiny",))
    assert [message.text for message in record.prompt.messages] == ["Why?"]
    first = record.tokens.token(0)
    assert (first.logprob, first.entropy, first.rank, first.p_sampled) == (-0.5, 1.25, 2, 0.25)
    assert first.alternatives == (TokenAlternative(9, b"Our", -2.0, 0.5),)


def test_without_a_recording_the_tokens_are_known_all_the_same() -> None:
    session, engine, _ = open_session()
    session.send("Why?")
    assert (engine.params[0].top_logprobs, engine.params[0].tells_draw) == (None, False)
    engine.stream.put(Token(1, b"So.", "So."))
    engine.stream.put(finish())
    session.receive()
    record = session.conversation.record(session.conversation.path()[-1].id)
    assert record is not None
    assert (list(record.tokens.ids), record.judges(), record.judged_by("tiny")) == ([1], (), None)


def test_what_is_recorded_is_asked_of_the_engine() -> None:
    engine = Engine()
    replier = Replier(engine.start, lambda: "tiny", lambda: TextStyle((THINK,)), lambda: 7)
    ChatSession(Conversation(), replier).send("Why?")
    assert (engine.params[0].top_logprobs, engine.params[0].tells_draw) == (7, True)


def test_branching_at_a_token_begins_a_sibling_with_the_tokens_before_it() -> None:
    session, engine, turn_id = _recorded()
    record = session.conversation.record(turn_id)
    assert record is not None
    session.branch(turn_id, 1, ScoredToken(9, b" sea", -2.0, 1.25, (), 3, 0.5))
    assert engine.prompts[-1].reply_ids == (1, 9)
    assert engine.prompts[-1].messages == record.prompt.messages
    assert engine.params[-1].max_tokens == 3  # of the five, two are there
    engine.stream.put(Token(1, b"The", "The"))
    engine.stream.put(Token(9, b" sea", " sea"))
    engine.stream.put(_judged(4, b" is"))
    session.receive()
    branch = session.conversation.path()[-1]
    assert (branch.message.text, len(session.conversation.siblings(turn_id))) == ("The sea is", 2)
    assert session.conversation.turn(turn_id).message.text == "The sky"
    begun = session.conversation.record(branch.id)
    assert begun is not None
    assert list(begun.tokens.ids) == [1, 9, 4]
    assert [begun.tokens.logprob(i) for i in range(3)] == [-0.5, -2.0, -0.5]
    assert begun.tokens.token(0) == record.tokens.token(0)
    assert session.pace is not None
    assert session.pace.n_tokens == 1  # what it was begun with was not written now


def test_branching_while_it_replies_stops_that_first() -> None:
    session, engine, turn_id = _recorded()
    session.regenerate()
    engine.stream.put(_judged(5, b"Or"))
    session.branch(turn_id, 0, ScoredToken(9, b"Our", -2.0, None, ()))
    assert engine.n_aborts == 1
    assert [turn.message.text for turn in session.conversation.siblings(turn_id)] == ["The sky", "Or", ""]


def test_only_tokens_of_the_loaded_model_can_be_gone_on_from() -> None:
    session, _, turn_id = _recorded()
    record = session.conversation.record(turn_id)
    assert record is not None
    session._replier = Replier(Engine().start, lambda: "other")
    with pytest.raises(KeyError):
        session.branch(turn_id, 0, ScoredToken(9, b"Our", -2.0, None, ()))
    record.judgements["other"] = TokenRecord()
    session.branch(turn_id, 0, ScoredToken(9, b"Our", -2.0, None, ()))


def test_another_model_of_the_same_name_does_not_go_on_with_other_bytes() -> None:
    session, engine, turn_id = _recorded()
    session.branch(turn_id, 1, ScoredToken(9, b" sea", -2.0, None, ()))
    engine.stream.put(Token(1, b"Hat", "Hat"))
    session.receive()
    branch = session.conversation.path()[-1]
    assert branch.reply is not None
    assert isinstance(branch.reply.error, GenerationError)
    assert branch.message.text == ""
    assert not session.is_replying


def test_a_long_reply_takes_well_under_two_megabytes() -> None:
    dice = random.Random(1)
    tokens = TokenRecord(10)
    for _ in range(4000):
        others = [TokenAlternative(dice.randrange(50_000), b" token", -1.0, 0.25) for _ in range(10)]
        tokens.add(Token(dice.randrange(50_000), b" token", "", -1.0, tuple(others), 1.0, 1, 0.25))
    before = [tokens.token(i) for i in range(0, 4000, 97)]
    assert tokens.size_bytes < 6_000_000
    tokens.pack()
    assert [tokens.token(i) for i in range(0, 4000, 97)] == before
    assert tokens.size_bytes < 1_200_000

"""GrammarGate: requests with a grammar wait here until it was compiled in a child process.

A bad grammar kills the process that compiles it, and a good one takes half a second to try: too
long for the engine thread, where others are being answered.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from desktop_llm.engine.events import FinishReason
from desktop_llm.engine.request import Submission, finish_unseen
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import AppError, GrammarError

_log = logging.getLogger(__name__)

#: Compiles the grammar or schema of these parameters to GBNF. Raises GrammarError.
CheckGrammar = Callable[[SamplingParams], str | None]


class GrammarGate:
    """Checks one grammar at a time and hands the request on. Every method may be called from any thread."""

    def __init__(self, check: CheckGrammar, hand_in: Callable[[Submission], None]) -> None:
        self._check = check
        self._hand_in = hand_in
        self._lock = threading.Lock()
        self._waiting: dict[int, Submission] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="grammar")

    def add(self, submission: Submission) -> bool:
        """Check this one; False when the gate is closed."""
        with self._lock:
            self._waiting[submission.number] = submission
        try:
            self._worker.submit(self._pass, submission)
        except RuntimeError:  # the executor was shut down
            with self._lock:
                self._waiting.pop(submission.number, None)
            return False
        return True

    def abort(self, number: int) -> bool:
        """End a request that waits here; False when it does not."""
        with self._lock:
            submission = self._waiting.pop(number, None)
        if submission is None:
            return False
        submission.stream.put(finish_unseen(submission, FinishReason.ABORTED))
        return True

    def _pass(self, submission: Submission) -> None:
        """On the worker's thread."""
        error: Exception | None = None
        params = submission.params
        try:
            grammar = self._check(params)
            params = dataclasses.replace(params, grammar=grammar, json_schema=None)
        except AppError as refused:
            error = refused
        except ValueError as refused:
            error = GrammarError("The JSON schema makes too large a grammar. {reason}", reason=str(refused))
        except Exception:  # noqa: BLE001 (the top of this thread's loop; the reader must hear of it)
            _log.exception("checking a grammar failed")
            error = GrammarError("The grammar could not be checked.")
        with self._lock:
            if self._waiting.pop(submission.number, None) is None:
                return  # aborted meanwhile
        if error is not None:
            submission.stream.fail(error)
        else:
            self._hand_in(dataclasses.replace(submission, params=params))

    def close(self, error: Exception) -> None:
        """Fail what waits here, and wait for the check under way."""
        self._worker.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            left, self._waiting = list(self._waiting.values()), {}
        for submission in left:
            submission.stream.fail(error)

"""A load that ignores the plan, in a process whose memory is limited as a graphics card's is. Prints JSON.

    python -m tests.gpu.over_full STARTER LARGE

Mesa's software device says that it has 2 GiB, but gives more: the limit of this process makes it
fail as a full card does.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import psutil

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish, Token
from desktop_llm.engine.messages import TextPrompt
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import ModelError

_ROOM_BYTES = 1536 * 1024**2
_WAIT_S = 90.0


def main(starter: Path, large: Path) -> None:
    """Load the starter model, then the large one, and ask again."""
    params = LoadParams(n_ctx=512, n_seq_max=1, n_threads=1, use_mmap=False)
    with Engine() as engine:
        engine.load(starter, params).result(_WAIT_S)
        before = _ask(engine)
        limit = psutil.Process().memory_info().vms + _ROOM_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        try:
            engine.load(large, params).result(_WAIT_S)
            error = ["", ""]
        except ModelError as caught:
            error = [type(caught).__name__, str(caught)]
        facts = engine.facts
        after = _ask(engine)
    print(json.dumps({"before": before, "error": error, "after": after, "model": facts.path.name if facts else ""}))


def _ask(engine: Engine) -> str:
    stream = engine.submit(TextPrompt("The sun is"), SamplingParams(temperature=0, max_tokens=4))
    return "".join(event.text for event in stream if isinstance(event, Token | Finish))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

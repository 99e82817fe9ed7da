"""A small faithful Hugging Face Hub over real HTTP, with faults on order.

    from tests.hub import Hub, Noise, File, Reset, repository

    with Hub(repository("acme/tiny-GGUF", File("tiny.gguf", Noise(5_000_000)))) as hub:
        hub.order(Reset(after=1_000_000), "blob")           # the first request for the bytes breaks after 1 MB
        hub.order(Status(503), "blob", resumed=True)        # the first one that resumes gets 503
        ...                                                 # a client works with hub.endpoint
        hub.journal.seen("*.gguf", "blob")                  # what was asked and sent, oldest first
        hub.journal.bytes_sent("tiny.gguf")
        hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))   # a Stall was reached
        hub.leaked_tokens()                                 # requests with credentials to another host

Three doors, each a port of its own: the Hub (`hub.endpoint`, 127.0.0.1), the content network that `resolve`
redirects to (`hub.cdn_url`, localhost), and a stranger (`hub.elsewhere_url`), at which every path of the other two
is served, too: `Redirect(hub.elsewhere_url)` leads there with the same path.

As on the real Hub: a large (LFS) file's `resolve` answers 302 with `X-Linked-ETag` (the sha256), `X-Linked-Size`,
`X-Repo-Commit`; the content network's answer has none of these, and its ETag is another hash of 64 digits. Its
addresses are signed (`Hub.expire_links`: those given out answer 403 from now on), and it may allow only so many
connections for a file (`Hub.limit_connections`). A small file's `resolve` answers 307 to another path. A gated file
is refused with 401 to who is not logged in, with 403 to who has not accepted; a repository that does not exist is
refused with 401 to who is not logged in, with 404 to others.

A fault is for the `nth` request that matches (`on`: "list", "info", "tree", "resolve", "blob"; `file`: a pattern;
`resumed`; `method`), and for `times` of them. A request gets one fault; a younger order waits for the next request.
Places in a body are bytes, or "start", "middle", "end". See tests/hub/faults.py for all of them; besides:
`Hub.refusing`, `go_away`, `come_back` (connection refused), `Hub.cut`, `Hub.release` (ends stalls).

Beside it: samples.py (valid small models, split ones, hostile names, 50 GB), strategies.py (random troubles for
hypothesis), proxy.py (with credentials), `Authority` (TLS with a CA of our own), and the hub as a program,
`python -m tests.hub`, started by process.py, with orders in words (spoken.py).

Repositories are values: `repository(id, *files, ...)`, `Repository.with_commit(...)`, then `hub.add(...)`. A file's
bytes are a `Content`: `InMemory`, `OnDisk`, `Noise` (any size, by offset), `Joined`, `Flipped`.
"""

from tests.hub.content import Content, Flipped, InMemory, Joined, Noise, OnDisk
from tests.hub.faults import (
    BadJson,
    CaptivePortal,
    Fault,
    GoAway,
    NotHttp,
    NotSatisfiable,
    Order,
    OtherETag,
    OtherHeaders,
    RangeIgnored,
    Redirect,
    Reset,
    SlowHead,
    Stall,
    Status,
    TooLong,
    TooShort,
    Trickle,
    Truncate,
    WrongBytes,
    WrongContentRange,
    WrongRange,
    rate_limited,
    throttle,
    too_many_requests,
)
from tests.hub.hub import Hub
from tests.hub.journal import Journal, Seen
from tests.hub.repository import Commit, File, Repository, repository, text_file
from tests.hub.tls import Authority

__all__ = [
    "Authority",
    "BadJson",
    "CaptivePortal",
    "Commit",
    "Content",
    "Fault",
    "File",
    "Flipped",
    "GoAway",
    "Hub",
    "InMemory",
    "Joined",
    "Journal",
    "Noise",
    "NotHttp",
    "NotSatisfiable",
    "OnDisk",
    "Order",
    "OtherETag",
    "OtherHeaders",
    "RangeIgnored",
    "Redirect",
    "Repository",
    "Reset",
    "Seen",
    "SlowHead",
    "Stall",
    "Status",
    "TooLong",
    "TooShort",
    "Trickle",
    "Truncate",
    "WrongBytes",
    "WrongContentRange",
    "WrongRange",
    "rate_limited",
    "repository",
    "text_file",
    "throttle",
    "too_many_requests",
]

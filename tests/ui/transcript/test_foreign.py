"""What others wrote is shown as it is, and leads only where it says."""

from __future__ import annotations

import pytest

from desktop_llm.ui.transcript.foreign import is_link, without_controls, without_hidden


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b#c", "http://10.0.0.1", "HTTPS://EXAMPLE.ORG", "mailto:a@b.org"]
)
def test_web_and_mail_addresses_are_links(url: str) -> None:
    assert is_link(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "file:///etc/passwd",
        "//host/share/x.png",
        "\\\\host\\share",
        "data:text/html,x",
        "smb://host/share",
        "ms-msdt:/id",
        "vscode://x",
        "search-ms:query=x",
        "https:/\\host",
        "http:///path",
        "relative/path",
        "",
        " https://example.org",
        "https://example.org/\u202egnp.exe",
        "https://exa\u200bmple.org",
        "mailto: ",
    ],
)
def test_everything_else_is_not(url: str) -> None:
    assert not is_link(url)


def test_hidden_characters_are_shown_as_such() -> None:
    assert without_hidden("a\u202eb\u2066c\x1bd\u200be\ufefff") == "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf"


def test_text_keeps_what_writing_needs() -> None:
    assert (
        without_controls("a\tb\nc \u05d0\u200f \u0645\u06cc\u200c\u062e")
        == "a\tb\nc \u05d0\u200f \u0645\u06cc\u200c\u062e"
    )
    assert without_controls("a\x00b\x1b[31m") == "a\ufffdb\ufffd[31m"

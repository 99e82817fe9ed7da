"""The conversation view: messages in, pixels out.

    item          what is shown of a turn
    foreign       what may be shown and clicked of text that others wrote
    leaves        a rendered message as a flat list of frozen values
    markdown      Markdown to leaves; plain: the user's text to leaves
    incremental   Markdown that grows: what is closed is read once
    look          fonts and colours
    flow          text in lines; segments, code_segment, table_segment: leaves on the screen
    body          segments one below the other, and what is selected; reading: a growing text and its body
    message_view  one message with its actions; thoughts, feet, selecting: parts of it
    path          the messages shown, and text that waits for the next frame
    geometry      where messages stand; column: how wide they are
    navigation    keys and Tab; accessible: what a screen reader is given
    transcript    the list: only what is in view is built

Nothing here is a QTextDocument or a rich-text label, so there is nothing that could load a resource.
"""

from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.transcript import Transcript

__all__ = ["MessageItem", "Transcript"]

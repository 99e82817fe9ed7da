"""A piece in words: what it says, its number in the vocabulary, its bytes, and where it stands."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.tokenizer import Piece
from desktop_llm.ui.pieces.visible import visible, visible_text
from desktop_llm.ui.widgets.number_text import THIN_SPACE, whole

#: Bytes of a piece that are written out.
_MOST_BYTES = 12


def piece_words(piece: Piece, place: int, span: tuple[int, int] | None, character: str = "") -> str:
    """One line; parts are joined by middle dots. `character`: the one that the piece is only a part of."""
    parts = [
        QCoreApplication.translate("piece_words", "“{text}”").format(text=visible(piece.content)),
        QCoreApplication.translate("piece_words", "token {id}").format(id=piece.id),
        _kind(piece, character),
        _bytes(piece.content),
        QCoreApplication.translate("piece_words", "no. {n}").format(n=whole(place + 1)),
    ]
    if span is not None and span[1] > span[0]:
        parts.append(
            QCoreApplication.translate("piece_words", "bytes {first} to {last}").format(
                first=whole(span[0]), last=whole(span[1] - 1)
            )
        )
    return " · ".join(part for part in parts if part)


def _kind(piece: Piece, character: str) -> str:
    match piece.kind:
        case TokenKind.SPECIAL:
            return QCoreApplication.translate("piece_words", "control token")
        case TokenKind.UNKNOWN:
            return QCoreApplication.translate("piece_words", "not in the vocabulary")
        case TokenKind.BYTE if character:
            words = QCoreApplication.translate("piece_words", "part of {character}")
            return words.format(character=visible_text(character))
        case TokenKind.BYTE:
            return QCoreApplication.translate("piece_words", "part of a character")
        case _:
            return ""


def _bytes(content: bytes) -> str:
    shown = content[:_MOST_BYTES].hex(" ").upper().replace(" ", THIN_SPACE)
    return f"{shown}…" if len(content) > _MOST_BYTES else shown

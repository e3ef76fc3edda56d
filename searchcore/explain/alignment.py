"""Late interaction seen from inside: which document token each query token found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from searchcore.checks import check_text
from searchcore.engine import Engine, finish
from searchcore.explain.token_vectors import Token, tokens_read
from searchcore.explain.work import Steps, loaded_encoder
from searchcore.late_interaction import align
from searchcore.models import OwnTokens


@dataclass(frozen=True, slots=True)
class TokenAlignment:
    """For each query token the position of its best document token and their cosine; `score` is the sum, MaxSim.

    Khattab and Zaharia 2020, ColBERT; here on a bi-encoder's own token vectors, which were not trained for it.
    """

    query: str
    document: str
    encoder: str
    query_tokens: tuple[Token, ...]
    document_tokens: tuple[Token, ...]
    matches: tuple[int, ...]
    cosines: tuple[float, ...]
    score: float

    def as_json(self) -> dict[str, Any]:
        """Everything as plain lists and dicts."""
        return {
            "model": self.encoder,
            "query_tokens": [asdict(token) for token in self.query_tokens],
            "document_tokens": [asdict(token) for token in self.document_tokens],
            "matches": list(self.matches),
            "cosines": list(self.cosines),
            "score": self.score,
        }


def alignment(engine: Engine, query: str, document: str, encoder: str | None = None) -> TokenAlignment:
    """Match every query token with its nearest document token. Raises SearchError."""
    return finish(alignment_steps(engine, query, document, encoder))


def alignment_steps(engine: Engine, query: str, document: str, encoder: str | None = None) -> Steps[TokenAlignment]:
    """As `alignment`, with progress on the way."""
    query, document = check_text(query, "query"), check_text(document, "document")
    model = yield from loaded_encoder(engine, encoder)
    tokens = OwnTokens(model)
    made = align(tokens.query_tokens(query), tokens.document_tokens(document))
    return TokenAlignment(
        query,
        document,
        model.name,
        tokens_read(model, query, as_query=True),
        tokens_read(model, document, as_query=False),
        made.matches,
        made.cosines,
        made.score,
    )

"""The picture shown before the first search: how each of the two models reads."""

from __future__ import annotations

from markupsafe import Markup


def two_ways() -> Markup:
    """Two cards: vectors made apart, and a pair read together."""
    return Markup(
        '<div class="ss-intro">'
        '<section class="ss-card ss-bi_encoder"><h2>Bi-encoder</h2>'
        '<p class="ss-flow"><span>query</span><b>→ model →</b><i>vector</i></p>'
        '<p class="ss-flow"><span>document</span><b>→ model →</b><i>vector</i></p>'
        "<p>The two vectors are made apart and then compared: their cosine is the score. The documents’ vectors are "
        "made once and kept, so a search over the whole corpus costs one pass, for the query.</p></section>"
        '<section class="ss-card ss-cross_encoder"><h2>Cross-encoder</h2>'
        '<p class="ss-flow"><span>[CLS] query [SEP] document [SEP]</span></p>'
        '<p class="ss-flow"><b>→ model →</b><i>score</i></p>'
        "<p>The pair is read together, so every word of one can look at every word of the other. Nothing can be kept: "
        "each pair costs one pass. It therefore reranks only the bi-encoder’s best candidates.</p></section></div>"
    )

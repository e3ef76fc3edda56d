"""Query and document read apart: the cosine of two vectors (Reimers and Gurevych 2019, Sentence-BERT)."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from searchcore.index import COSINE_DECIMALS, VectorIndex
from searchcore.ranking.feedback import NEAREST, ONLY_ONE, moved
from searchcore.ranking.method import BI_ENCODER, Scale
from searchcore.request import Request
from searchcore.running import Work
from searchcore.types import Expansion, Hit, Ranking


class BiEncoder:
    """First-stage retrieval over the whole corpus by the vectors of its documents, which are made once and kept."""

    key = BI_ENCODER
    title = "Bi-encoder"
    citation = "Reimers and Gurevych 2019, Sentence-BERT"
    reranks = None
    scale = Scale("cosine", "bar: cosine from 0 to 1", high=1.0, decimals=4)
    models: tuple[str, ...] = ("encoder",)

    def passes(self, n: int) -> int:
        """One, for the query."""
        return 1

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Work[Ranking]:
        """See Method.rank."""
        corpus, resources = request.corpus, request.resources
        encoder = yield from resources.models.encoder(request.encoder)
        index = yield from resources.index(corpus, encoder)
        vector, passes, seconds = request.vector, 1, 0.0
        if vector is None:
            vector, passes, seconds = yield from resources.query_vector(corpus, encoder, request.query)
        began = time.perf_counter()
        expansion = None
        if self.key in request.options.expanded:
            vector, expansion = _expanded(request, index, vector)
        count = request.candidates if request.among is None else len(request.among)
        # One more than needed, where one that may come is left out.
        [positions], [cosines] = index.search(vector[None, :], count + (request.excluded is not None), request.among)
        kept = np.flatnonzero(positions != request.excluded)[:count]
        documents = [corpus.documents[position] for position in positions[kept].tolist()]
        hits = tuple(
            # A float32 has digits beyond those that were computed.
            Hit(rank, document.doc_id, round(cosine, COSINE_DECIMALS))
            for rank, (document, cosine) in enumerate(zip(documents, cosines[kept].tolist(), strict=True), start=1)
        )
        comparing = time.perf_counter() - began
        unread = resources.dropped(corpus, encoder, documents)
        return Ranking(
            self.key,
            encoder.name,
            hits,
            milliseconds=((seconds if passes else 0.0) + comparing) * 1000,
            measured_milliseconds=(seconds + comparing) * 1000,
            passes_needed=self.passes(len(hits)),
            passes_run=passes,
            unread=unread,
            query_cut=resources.query_cut(corpus, encoder, request.query),
            expansion=expansion,
        )


def _expanded(
    request: Request, index: VectorIndex, vector: NDArray[np.float32]
) -> tuple[NDArray[np.float32], Expansion]:
    """The query's vector moved towards the nearest of the corpus, whatever pool of it is ranked. Nothing is kept."""
    if request.most == 1:
        return vector, Expansion(why_not=ONLY_ONE)
    [positions], _ = index.search(vector[None, :], NEAREST + (request.excluded is not None))
    near = positions[positions != request.excluded][:NEAREST]
    new = moved(vector, index.vectors(near))
    cosine = round(float((vector * new).sum()), COSINE_DECIMALS)
    found = tuple(request.corpus.documents[place].doc_id for place in near.tolist())
    return new, Expansion(found, cosine=cosine)

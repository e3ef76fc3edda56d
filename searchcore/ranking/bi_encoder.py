"""Query and document read apart: the cosine of two vectors (Reimers and Gurevych 2019, Sentence-BERT)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from searchcore.index import COSINE_DECIMALS, Chunks, VectorIndex
from searchcore.ranking.feedback import NEAREST, ONLY_ONE, moved
from searchcore.ranking.method import BI_ENCODER, Scale
from searchcore.request import Request
from searchcore.running import Work
from searchcore.types import Chunk, Chunking, Expansion, Hit, Ranking

# How far down a document's rank without chunks is looked up.
WHOLE_RANKS = 1_000


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
        corpus, resources, options = request.corpus, request.resources, request.options
        encoder = yield from resources.models.encoder(request.encoder)
        index = yield from resources.index(corpus, encoder)
        cut = None
        if options.window:
            cut = yield from resources.chunked(corpus, encoder, options.window, options.overlap)
        vector, passes, seconds = request.vector, 1, 0.0
        if vector is None:
            vector, passes, seconds = yield from resources.query_vector(corpus, encoder, request.query)
        expansion, expanding = None, 0.0
        if self.key in request.options.expanded:
            vector, expansion, expanding = yield from _expanded(request, index, vector)
        count = request.candidates if request.among is None else len(request.among)
        if cut is None:
            hits, comparing = yield from _best(request, index, vector, count)
            chunking = None
        else:
            whole, comparing = yield from _best(request, index, vector, max(count, WHOLE_RANKS))
            began = time.perf_counter()
            ranks = {hit.doc_id: hit.rank for hit in whole}
            hits, chunking = _by_chunks(request, *cut, vector, count, ranks)
            comparing += time.perf_counter() - began
        comparing += expanding
        documents = [corpus.document(hit.doc_id) for hit in hits]
        return Ranking(
            self.key,
            encoder.name,
            hits,
            milliseconds=((seconds if passes else 0.0) + comparing) * 1000,
            measured_milliseconds=(seconds + comparing) * 1000,
            passes_needed=self.passes(len(hits)),
            passes_run=passes,
            # A chunk is never longer than what is read.
            unread={} if chunking else resources.dropped(corpus, encoder, documents),
            query_cut=resources.query_cut(corpus, encoder, request.query),
            expansion=expansion,
            window=encoder.window,
            chunking=chunking,
        )


def _expanded(
    request: Request, index: VectorIndex, vector: NDArray[np.float32]
) -> Work[tuple[NDArray[np.float32], Expansion, float]]:
    """The query's vector moved towards the nearest of the corpus, whatever pool of it is ranked. Nothing is kept.

    Beside it what it was moved towards, and the seconds it took.
    """
    if request.most == 1:
        return vector, Expansion(why_not=ONLY_ONE), 0.0
    more = NEAREST + (request.excluded is not None)
    positions, _, searching = yield from request.resources.nearest(index, vector, more)
    began = time.perf_counter()
    near = positions[positions != request.excluded][:NEAREST]
    new = moved(vector, index.vectors(near))
    cosine = round(float((vector * new).sum()), COSINE_DECIMALS)
    found = tuple(request.corpus.documents[place].doc_id for place in near.tolist())
    return new, Expansion(found, cosine=cosine), searching + time.perf_counter() - began


def _best(
    request: Request, index: VectorIndex, vector: NDArray[np.float32], count: int
) -> Work[tuple[tuple[Hit, ...], float]]:
    """The best documents by the vectors of their passages, and the seconds that comparing them took."""
    # One more than needed, where one that may come is left out.
    more = count + (request.excluded is not None)
    positions, cosines, comparing = yield from request.resources.nearest(index, vector, more, request.among)
    kept = np.flatnonzero(positions != request.excluded)[:count]
    return _hits(request, zip(positions[kept].tolist(), cosines[kept].tolist(), strict=True)), comparing


def _by_chunks(
    request: Request,
    chunks: Chunks,
    index: VectorIndex,
    vector: NDArray[np.float32],
    count: int,
    whole: Mapping[str, int],
) -> tuple[tuple[Hit, ...], Chunking]:
    """The best documents by the best of their chunks (MaxP, Dai and Callan 2019), and which chunk that was."""
    found = chunks.best(index, vector, count + (request.excluded is not None), request.among)
    kept = [each for each in found if each[0] != request.excluded][:count]
    hits = _hits(request, ((position, cosine) for position, _, cosine in kept))
    decided = {}
    for hit, (position, chunk, _) in zip(hits, kept, strict=True):
        first, end = chunks.offsets[position : position + 2].tolist()
        start, stop = chunks.spans[chunk].tolist()
        decided[hit.doc_id] = Chunk(chunk - first + 1, end - first, start, stop, whole.get(hit.doc_id))
    return hits, Chunking(chunks.window, chunks.overlap, len(chunks), len(request.corpus), chunks.longer, decided)


def _hits(request: Request, found: Iterable[tuple[int, float]]) -> tuple[Hit, ...]:
    return tuple(
        # A float32 has digits beyond those that were computed.
        Hit(rank, request.corpus.documents[position].doc_id, round(cosine, COSINE_DECIMALS))
        for rank, (position, cosine) in enumerate(found, start=1)
    )

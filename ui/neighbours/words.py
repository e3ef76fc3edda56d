"""What the tab says whatever is measured, and how it names indexes and times."""

from __future__ import annotations

from searchcore.evaluate import EXACT, HNSW, IVF, Setting
from ui import words

INVITATION = (
    "To find the nearest vectors, exact search compares the query with all of them. Approximate search looks at a few "
    "and may miss some. Measure asks this corpus’s queries of a graph, of cells and exactly, draws what each finds "
    "in which time, and shows the walk of the query in Search."
)
NAMES = {EXACT: "exact", HNSW: "HNSW", IVF: "IVF"}
# The page's colours, of which methods are no part here.
TONES = {EXACT: "ss-all", HNSW: "ss-bi_encoder", IVF: "ss-late_interaction"}
KNOBS = {HNSW: "ef", IVF: "probes"}
HOW = {
    "Exact": "compares the query with every document and misses nothing. Its time grows with the corpus.",
    "HNSW": "links each document with its near neighbours, in layers (Malkov and Yashunin 2018). A query enters at the "
    "top, goes from neighbour to nearer neighbour and descends; in the lowest layer it follows the best ef seen. "
    "A larger ef looks at more documents and misses fewer.",
    "IVF": "sorts the documents into cells beforehand (Jégou et al. 2011). A query looks into the cells whose middles "
    "are nearest; more probes look into more cells.",
}
MEASURED = (
    "Each query is asked alone, on one thread, three times, and the quickest counts. All three come from one library, "
    "faiss, so that what is compared makes the difference, not the program. A dot stands at the mean recall and "
    "the median time, bars for the middle half of the queries."
)
MADE_UP = (
    "The vectors are made up, 384 numbers each, and differ in 32 directions. The graph’s ef is the smallest that finds "
    ".95 of the ten nearest. Beyond what was measured in ten seconds the lines are drawn dotted: exact search in "
    "proportion to the vectors, the graph to their logarithm."
)
NO_MATRYOSHKA = (
    "all-MiniLM-L6-v2 was not trained to be cut (models trained as Matryoshka embeddings are: Kusupati et al. 2022): "
    "its first dimensions are no better than any others. Principal components are turned so that the first ones tell "
    "most; they are worked out from this corpus."
)
KEPT = (
    "int8 keeps 256 steps between the lowest and the highest of each dimension, one bit only the sign. What is "
    "compared again in full needs the whole vectors too, but only for a few documents: they may lie on a disk."
)


def quick(microseconds: float) -> str:
    """A short time: "18 µs", "1.8 ms"."""
    if microseconds < 1000:  # noqa: PLR2004
        return f"{microseconds:.0f} µs"
    return f"{words.large(microseconds / 1000)} ms" if microseconds < 1_000_000 else words.duration(microseconds / 1e6)  # noqa: PLR2004


def named(setting: Setting) -> str:
    """An index with how hard it looks: "HNSW, ef 20"."""
    knob = KNOBS.get(setting.index)
    return f"{NAMES[setting.index]}, {knob} {setting.value}" if knob else NAMES[setting.index]

"""What a model read and what moved its score: data for a page, an endpoint or a notebook, never HTML.

Every function takes the Engine first. Those that take long come twice: `name` waits and returns the
result; `name_steps` yields Progress on the way, and closing it stops the work.
"""

from searchcore.explain.compare import (
    BANDS,
    EXAMPLES,
    Comparison,
    Example,
    compare,
    compare_steps,
    input_json,
    padded_batch,
    padded_batch_steps,
    verdict,
)
from searchcore.explain.length import (
    CONDITIONS,
    LengthExperiment,
    LengthRow,
    length_experiment,
    length_experiment_steps,
)
from searchcore.explain.occlusion import (
    MAX_WORDS,
    OCCLUSION_CITATIONS,
    Occlusion,
    WordEffect,
    occlusion,
    occlusion_steps,
)
from searchcore.explain.pairs import JudgedPair, judged_pairs
from searchcore.explain.price import AT_SIZE, MOST_TEXTS, Price, passes_bi, passes_cross, price, price_steps
from searchcore.explain.similarity import (
    PcaMap,
    SimilarityMatrix,
    pca_map,
    similarity,
    similarity_steps,
    to_csv,
)
from searchcore.explain.swap import SwapExperiment, SwapRow, swap_experiment, swap_experiment_steps
from searchcore.explain.token_vectors import (
    Token,
    TokenSimilarity,
    pooled_vector,
    token_similarity,
    token_similarity_steps,
)
from searchcore.explain.word_in_context import (
    Occurrence,
    WordInContext,
    word_in_context,
    word_in_context_steps,
)
from searchcore.explain.words import Word, places_of, words_of

__all__ = [
    "AT_SIZE",
    "BANDS",
    "CONDITIONS",
    "EXAMPLES",
    "MAX_WORDS",
    "MOST_TEXTS",
    "OCCLUSION_CITATIONS",
    "Comparison",
    "Example",
    "JudgedPair",
    "LengthExperiment",
    "LengthRow",
    "Occlusion",
    "Occurrence",
    "PcaMap",
    "Price",
    "SimilarityMatrix",
    "SwapExperiment",
    "SwapRow",
    "Token",
    "TokenSimilarity",
    "Word",
    "WordEffect",
    "WordInContext",
    "compare",
    "compare_steps",
    "input_json",
    "judged_pairs",
    "length_experiment",
    "length_experiment_steps",
    "occlusion",
    "occlusion_steps",
    "padded_batch",
    "padded_batch_steps",
    "passes_bi",
    "passes_cross",
    "pca_map",
    "places_of",
    "pooled_vector",
    "price",
    "price_steps",
    "similarity",
    "similarity_steps",
    "swap_experiment",
    "swap_experiment_steps",
    "to_csv",
    "token_similarity",
    "token_similarity_steps",
    "verdict",
    "word_in_context",
    "word_in_context_steps",
    "words_of",
]

"""What the tab "Under the hood" says of each of its sections."""

from __future__ import annotations

from markupsafe import Markup

from ui.draw.template import fill

COMPARE = (
    "The bi-encoder reads the two texts one by one and compares two vectors; the cross-encoder reads them as one input."
)
COMPARE_INVITATION = "Type two texts or choose an example, then press Enter."
READS = (
    "Models read tokens, not words: pieces of text with a number each. Point at a token or walk with the arrow keys "
    "to see its id. Pieces that begin with ## continue the word before them; [CLS] and [SEP] are put in by the model."
)
LOGIT = (
    "A logit puts the passages of one query in order. By itself it says nothing, and between two queries it can’t be "
    "compared. Its sigmoid lies between 0 and 1 but was not calibrated: .9 does not mean right nine times out of ten."
)
COSINE = (
    "A cosine has no zero point either: which ones are low and which high differs from model to model, and the bands "
    "behind the words “close” and “far apart” come from trials of our own."
)
BATCH_PARTNER = "Cats sleep a lot."
BATCH_LABEL = f"Show two pairs as one padded batch (the second: the query with “{BATCH_PARTNER}”)"

WHY = (
    "Occlusion: leave one word out, score again, and see how far the number falls. It shows what the number depends "
    "on around this pair of texts. It is not proof of why: words work together, and a text with a hole is one the "
    "models never saw in training."
)
WHY_QUERY = (
    "A query without one of its words is another query, and logits of two queries have no common scale: read the falls "
    "in the query with more care than those in the document."
)
WHY_INVITATION = "Two scores for each word, so this takes some seconds. Press Answer."

TOKENS = (
    "Before the bi-encoder makes one vector of a text, it has one for each token. Here every token of the query meets "
    "every token of the document: the cosine of their vectors in the model’s last layer."
)
TOKENS_INVITATION = "Every token of the query meets every token of the document. Press Answer."
LATE = (
    "The third way to compare: keep the tokens’ vectors, let each query token find its best document token, and add "
    "up those cosines (MaxSim). One model, two ways: average first, or match first. These vectors were not trained "
    "for it; answerdotai/answerai-colbert-small-v1, on the Hugging Face Hub, is a model that was."
)
LATE_CITATION = (
    "Khattab and Zaharia 2020, ColBERT: Efficient and Effective Passage Search via Contextualized Late "
    "Interaction over BERT"
)

CONTEXT = (
    "A word’s vector depends on the words around it. Type a word and some sentences, one a line, and compare its "
    "vectors across them."
)
CONTEXT_INVITATION = "One word, up to 50 sentences. Press Answer."
STATIC = (
    "A static vector (word2vec: Mikolov et al. 2013) belongs to the word alone: it is the same in every sentence, "
    "so that every number in such a table would be 1."
)
FIRE_WORD = "fire"
FIRE_SENTENCES = ("They are going to fire him", "He is sitting by the fire")
MORE_FIRE = (
    *FIRE_SENTENCES,
    "The fire burned all night in the stove",
    "The boss wants to fire two of the drivers",
)
BANK_WORD = "bank"
BANK_SENTENCES = (
    "She put her savings in the bank",
    "The bank raised its interest rates",
    "We sat on the bank of the river",
    "The grassy bank was flooded in spring",
)

MATRIX = (
    "Each line becomes one vector, and each vector meets each: 1 on the diagonal, and the same above and below it. "
    "The map beside it lays the vectors flat: close on the map is roughly close in meaning."
)
MATRIX_INVITATION = "2 to 50 lines, one text a line. Press Answer."
WEATHER = (
    "The weather is lovely today.",
    "It's so sunny outside!",
    "He drove to the stadium.",
)
CONTEXTUAL = (
    "The cat is running on the stairs",
    "A woman is eating a piece of bread.",
    "A man is eating a pasta.",
)
MAP_NOTE = (
    "Principal components (Pearson 1901; Hotelling 1933). Variance that the two axes leave out is in directions that "
    "a flat map can’t show, so two points that lie together there need not be alike."
)

SYMMETRIC = (
    "Symmetric search compares things of one kind: sentence with sentence, question with question. Query and "
    "document could change places, and a model that reads both alike gives the same cosine either way."
)
ASYMMETRIC = (
    "Asymmetric search is what a search box does: a short query looks for a longer passage that answers it. Some "
    "bi-encoders are told which is which by a prompt before the query (bge-small-en-v1.5); a cross-encoder learned it "
    "from pairs of question and passage. For them the direction matters."
)
SWAP_INVITATION = (
    "Twenty judged pairs of the built-in corpora, each scored in both directions by three models: press Answer."
)
LENGTH = (
    "Where does each model put the right document: when a short query ranks whole passages, and when a sentence of "
    "that document ranks the first sentences of the same passages?"
)
LENGTH_INVITATION = (
    "Ten queries, each in two searches over 20 documents. The cross-encoder reads 400 pairs for it: press Answer."
)


def cited(*sources: str) -> Markup:
    """Sources, as a note ends with them."""
    return fill("<cite>{}.</cite>", "; ".join(sources))


PRICE_INVITATION = "How many passes, and how long on this machine? Change the numbers, then press Answer."
PRICE = (
    "A bi-encoder reads each text once and its vectors are kept, so passes are added up; a cross-encoder reads each "
    "pair, so they are multiplied. Retrieving first and reranking a few candidates keeps the sum and adds a small "
    "product."
)
PRICE_TIME = (
    "A time is passes times the median of one, one pass after the other. Loading a model, waiting, comparing vectors "
    "and sorting are not counted, and another machine or longer texts change it. The passes stay what they are."
)

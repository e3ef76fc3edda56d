"""The peer: the app that a reader of the notebooks would write. Models and corpus at import, one blocking handler.

`python -m benchmarks.naive_app ENCODER SCORER CORPUS`: two folders that sentence-transformers loads, and a folder with
corpus.jsonl. See benchmarks/peer.py for the folders.
"""

import json
import sys
from pathlib import Path

import gradio as gr
import pandas as pd
from sentence_transformers import CrossEncoder, SentenceTransformer, util
from torch import nn

ENCODER, SCORER, CORPUS = sys.argv[1:4]
CANDIDATES = 20

bi_encoder = SentenceTransformer(ENCODER, device="cpu", local_files_only=True)
cross_encoder = CrossEncoder(SCORER, device="cpu", local_files_only=True, activation_fn=nn.Identity())
rows = [json.loads(line) for line in (Path(CORPUS) / "corpus.jsonl").read_text("utf-8").splitlines()]
titles = [row.get("title", "") for row in rows]
passages = [f"{row['title']}\n\n{row['text']}" if row.get("title") else row["text"] for row in rows]
embeddings = bi_encoder.encode(passages, convert_to_tensor=True)


def search(query: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both rankings of the candidates."""
    hits = util.semantic_search(bi_encoder.encode(query, convert_to_tensor=True), embeddings, top_k=CANDIDATES)[0]
    scores = cross_encoder.predict([(query, passages[hit["corpus_id"]]) for hit in hits])
    found = pd.DataFrame(
        {
            "title": [titles[hit["corpus_id"]] for hit in hits],
            "text": [rows[hit["corpus_id"]]["text"] for hit in hits],
            "cosine": [hit["score"] for hit in hits],
            "logit": scores,
        }
    )
    return found[["title", "text", "cosine"]], found.sort_values("logit", ascending=False)[["title", "text", "logit"]]


with gr.Blocks(title="Semantic search") as demo:
    box = gr.Textbox(label="Query")
    bi_ranking = gr.Dataframe(label="Bi-encoder")
    cross_ranking = gr.Dataframe(label="Cross-encoder")
    box.submit(search, box, [bi_ranking, cross_ranking])

if __name__ == "__main__":
    demo.launch()

"""The Evaluate tab: every method on every judged query, and where the reranker loses."""

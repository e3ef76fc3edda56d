"""The Search tab: one query, the same documents ranked by each method, side by side."""

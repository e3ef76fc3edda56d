"""Speed as a ratio to a stated peer, both measured in turn in the same run. Nothing here is asserted."""

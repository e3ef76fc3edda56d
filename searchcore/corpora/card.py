"""The dataset card of a corpus: what its front matter says."""

from __future__ import annotations

import yaml

from searchcore.corpora.files import opened
from searchcore.corpora.lines import Source, has_surrogate

MAX_CARD_BYTES = 100_000


def read_card(source: Source) -> dict[str, str]:
    """The texts in the front matter of a card; a plain card has none. What is broken is noted and costs the card.

    Raises FileError where the file can't be read.
    """
    with opened(source.files, source.name, source.label) as file:
        text = file.read(MAX_CARD_BYTES).decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    if not text.startswith("---\n") or "\n---" not in text[4:]:
        return {}
    try:
        # The base loader takes every scalar as text (a title may be 1984) and follows no merge keys,
        # with which a few lines could ask for more memory than there is.
        card = yaml.BaseLoader(text[4:].split("\n---", 1)[0]).get_single_data()
    except (yaml.YAMLError, RecursionError, ValueError):
        source.notes.say(f"{source.label}: the front matter is not valid YAML, so it was passed over.")
        return {}
    if not isinstance(card, dict):
        return {}
    texts = {key: value.strip() for key, value in card.items() if isinstance(key, str) and isinstance(value, str)}
    if any(has_surrogate(value) for value in texts.values()):
        source.notes.say(f"{source.label}: half of a surrogate pair, so the front matter was passed over.")
        return {}
    return texts

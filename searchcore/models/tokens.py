"""Tokenisation without padding, cut at the model's own window, with the cut part still to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from tokenizers import Encoding, Tokenizer

from searchcore.types import ModelInput

# A word with the punctuation that touches it has at most so many: a line of dots is no word.
MOST_JOINED_TOKENS = 8


class Tokens:
    """A model's tokenizer. Its file may carry fixed padding and truncation; both are replaced here.

    Safe to share between threads: neither of the two tokenizers is changed after it is built.
    """

    def __init__(self, tokenizer: Tokenizer, window: int) -> None:
        self.window = window
        self._whole = Tokenizer.from_str(tokenizer.to_str())
        self._whole.no_padding()
        self._whole.no_truncation()
        self._cut = Tokenizer.from_str(self._whole.to_str())
        for copy in (self._whole, self._cut):
            # Typed "[SEP]" is three pieces of text, not the end of the query.
            copy.encode_special_tokens = True
        # The longer of the two texts loses tokens first, as in CrossEncoder.predict.
        self._cut.enable_truncation(window, strategy="longest_first")

    def encode(self, text: str, pair: str | None = None) -> Encoding:
        """Ids, segments and mask of one unpadded input, within the window."""
        return self._cut.encode(text, pair)

    def read(self, text: str, pair: str | None = None) -> ModelInput:
        """The input as data, together with the tokens that did not fit."""
        cut, whole = self.encode(text, pair), self._whole.encode(text, pair)
        first = whole.sequence_ids.count(0)
        return ModelInput(
            tokens=tuple(cut.tokens),
            ids=tuple(cut.ids),
            segments=tuple(cut.type_ids),
            attention_mask=tuple(cut.attention_mask),
            limit=self.window,
            dropped=len(whole.ids) - len(cut.ids),
            dropped_tokens=tuple(_beyond(whole, cut)),
            first_tokens=first,
            first_dropped=first - cut.sequence_ids.count(0),
        )

    def offsets(self, text: str, prompt: str = "") -> tuple[tuple[int, int] | None, ...]:
        """For each token of `prompt + text` its characters (start, end) in `text`; None for the prompt and [CLS]."""
        cut, skipped = self.encode(prompt + text), len(prompt)
        return tuple(
            None if sequence is None or start < skipped else (start - skipped, end - skipped)
            for sequence, (start, end) in zip(cut.sequence_ids, cut.offsets, strict=True)
        )

    def words(self, text: str) -> list[tuple[int, int]]:
        """Where each word of the whole text begins, and how many tokens it is read in.

        Punctuation stays with the word that it touches, up to a few tokens.
        """
        whole = self._whole.encode(text, add_special_tokens=False)
        found: list[tuple[int, int]] = []
        end = 0
        for _, pieces in groupby(zip(whole.word_ids, whole.offsets, strict=True), key=lambda piece: piece[0]):
            places = [place for _, place in pieces]
            start, tokens = places[0][0], len(places)
            touches = bool(found) and start == end and not (text[start - 1].isalnum() and text[start].isalnum())
            if touches and found[-1][1] + tokens <= MOST_JOINED_TOKENS:
                found[-1] = (found[-1][0], found[-1][1] + tokens)
            else:
                found.append((start, tokens))
            end = places[-1][1]
        return found

    def padded(self, pairs: Sequence[tuple[str, str]]) -> list[ModelInput]:
        """The pairs as one batch, all as long as the longest: attention mask 0 marks the padding."""
        inputs = [self.read(*pair) for pair in pairs]
        longest = max(len(item.ids) for item in inputs)
        return [_pad(item, longest, self._whole.token_to_id("[PAD]") or 0) for item in inputs]


def _beyond(whole: Encoding, cut: Encoding) -> list[str]:
    """The tokens of `whole` that are not in `cut`: the end of each text that was shortened."""
    dropped: list[str] = []
    for sequence in {s for s in whole.sequence_ids if s is not None}:
        full = [t for t, s in zip(whole.tokens, whole.sequence_ids, strict=True) if s == sequence]
        kept = sum(s == sequence for s in cut.sequence_ids)
        dropped += full[kept:]
    return dropped


def _pad(item: ModelInput, length: int, pad_id: int) -> ModelInput:
    missing = length - len(item.ids)
    return replace(
        item,
        tokens=item.tokens + ("[PAD]",) * missing,
        ids=item.ids + (pad_id,) * missing,
        segments=item.segments + (0,) * missing,
        attention_mask=item.attention_mask + (0,) * missing,
    )

"""Loads each model once, in the background, for all who ask."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from searchcore.errors import InvalidInput, ModelUnavailable, SearchError, UnknownName, quoted
from searchcore.models.catalogue import CATALOGUE, DEFAULT_ENCODER, DEFAULT_SCORER, ModelSpec
from searchcore.models.protocols import Encoder, PairScorer, TokenEncoder
from searchcore.running import Job, Once, Work
from searchcore.types import Progress

log = logging.getLogger("searchcore")

Model = Encoder | PairScorer | TokenEncoder


class ModelStore:
    """The models of a catalogue, each loaded on first use."""

    def __init__(
        self,
        catalogue: Mapping[str, ModelSpec] = CATALOGUE,
        default_encoder: str = DEFAULT_ENCODER,
        default_scorer: str = DEFAULT_SCORER,
    ) -> None:
        self.catalogue = catalogue
        self.defaults = {"encoder": default_encoder, "scorer": default_scorer}
        self._loaded: dict[str, Model] = {}
        self._loading = Once()

    def names(self, role: str) -> list[str]:
        """The names of the models of a role ("encoder", "scorer" or "matcher"), the default first."""
        return [name for name, spec in self.catalogue.items() if spec.role == role]

    def resolve(self, role: str, name: str | None) -> str:
        """`name` if the catalogue has it in that role, the default for None.

        Raises UnknownName or InvalidInput otherwise.
        """
        if name is None:
            return self.defaults[role]
        if not isinstance(name, str):
            raise InvalidInput(f"{role} must be the name of a model, got {quoted(name)}.")
        if name not in self.names(role):
            known = ", ".join(self.names(role))
            raise UnknownName(f"{role} {quoted(name)} is not known; choose one of: {known}.")
        return name

    def loaded(self, name: str) -> bool:
        """Whether the model is in memory."""
        return name in self._loaded

    def encoder(self, name: str) -> Work[Encoder]:
        """Yield progress while the encoder loads, then return it. Raises ModelUnavailable."""
        model = yield from self._model(name)
        assert isinstance(model, Encoder)
        return model

    def scorer(self, name: str) -> Work[PairScorer]:
        """Yield progress while the scorer loads, then return it. Raises ModelUnavailable."""
        model = yield from self._model(name)
        assert isinstance(model, PairScorer)
        return model

    def matcher(self, name: str) -> Work[TokenEncoder]:
        """Yield progress while a late-interaction model loads, then return it. Raises ModelUnavailable."""
        model = yield from self._model(name)
        assert isinstance(model, TokenEncoder)
        return model

    def close(self) -> None:
        """Stop what is being loaded or fetched."""
        self._loading.cancel_all()

    def _model(self, name: str) -> Work[Model]:
        if (model := self._loaded.get(name)) is not None:
            return model
        return (
            yield from self._loading.shared(
                name,
                lambda job: self._load(name, job),
                lambda job: Progress("loading", name, job.done, job.total, job.seconds_left()),
            )
        )

    def _load(self, name: str, job: Job[Model]) -> Model:
        if (model := self._loaded.get(name)) is not None:
            return model
        spec = self.catalogue[name]
        try:
            model = self._loaded[name] = spec.load(job.report)
        except SearchError:
            raise
        except Exception as error:  # a library's own words say nothing to a student
            log.exception("%s could not be loaded", name)
            kept = self.defaults.get(spec.role)
            stays = f"; {kept} stays in use" if kept and kept != name else ""
            raise ModelUnavailable(f"{name} could not be loaded, its files may be damaged{stays}.") from error
        return model

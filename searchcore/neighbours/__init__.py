"""Nearest neighbours that are found without comparing all there is in full, with exact search as the truth."""

from searchcore.neighbours.cells import Cells
from searchcore.neighbours.everything import Everything
from searchcore.neighbours.fewer_bits import BINARY, CUT, FLOAT, INT8, PCA, PRECISIONS, WAYS, Kept, SmallerVectors
from searchcore.neighbours.flat_map import FlatMap, flat_map
from searchcore.neighbours.graph import Layer, NeighbourGraph, Walk
from searchcore.neighbours.principal import Principal, principal_axes
from searchcore.neighbours.recall import as_near, recall

__all__ = [
    "BINARY",
    "CUT",
    "FLOAT",
    "INT8",
    "PCA",
    "PRECISIONS",
    "WAYS",
    "Cells",
    "Everything",
    "FlatMap",
    "Kept",
    "Layer",
    "NeighbourGraph",
    "Principal",
    "SmallerVectors",
    "Walk",
    "as_near",
    "flat_map",
    "principal_axes",
    "recall",
]

"""Nearest neighbours that are found without comparing all there is in full, with exact search as the truth."""

from searchcore.neighbours.fewer_bits import BINARY, CUT, FLOAT, INT8, PCA, PRECISIONS, Kept, SmallerVectors
from searchcore.neighbours.recall import recall

__all__ = ["BINARY", "CUT", "FLOAT", "INT8", "PCA", "PRECISIONS", "Kept", "SmallerVectors", "recall"]

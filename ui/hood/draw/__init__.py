"""Drawings of Under the hood: data in, markup out."""

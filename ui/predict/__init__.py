"""Predict first, then reveal: the second ranking stays covered until the visitor has said what it will be."""

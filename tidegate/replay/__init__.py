"""Refining raw events again that their outputs lost."""

"""Proof that every input offset is accounted for."""

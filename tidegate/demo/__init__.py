"""`tidegate demo`: the whole pipeline on one machine, watched, measured and proved."""

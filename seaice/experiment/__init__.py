"""How far should a network look? Sweeps, their scores, context curves and verdicts."""

"""The network: one encoder and, for each chart, one ASPP decoder; and its checkpoints."""

"""How sure a network is, whether it is right as often as it is sure, and what seeds agree on."""

"""Ten words that a newcomer needs, as the page Help and the documentation explain them."""

GLOSSARY = {
    "Scene": "One Sentinel-1 radar image, about 400 km across, with the channels of the AMSR2 "
    "radiometer and of the weather on the same ground, and the ice chart of that day.",
    "Ice chart": "What an ice analyst drew over the scene: polygons, each with one description of "
    "its ice, the egg code. Here it is the reference, although it is not the truth of each pixel.",
    "SIC, SOD, FLOE": "The three tasks. Sea ice concentration: which share of the surface is ice. "
    "Stage of development: how old, and so how thick, the ice is. Floe size: how large its pieces "
    "are.",
    "Channel set": "What a network looks at: the radar's HH and HV polarisations (sar), the "
    "radiometer's brightness temperatures (amsr2), or both.",
    "Atrous rate": "A 3 x 3 filter with gaps: rate 6 leaves out five cells between its taps. A "
    "network has up to five such branches, written as 6-12-18. Larger rates look farther without "
    "more weights.",
    "Receptive field": "The square of ground that one pixel of a prediction can depend on, in km. "
    "Rates and encoder together decide its size.",
    "Control": "A network that differs in nothing but its context: 'none' has no atrous branch, "
    "'centre' has branches that see their own cell only.",
    "Checkpoint": "A trained network as one file, with its rates, channel set, seed and scores. "
    "The seed is the number that its training began from; two seeds show how much is chance.",
    "Score": "How well a prediction agrees with the ice chart; 100 is best. R2 for SIC, F1 for "
    "SOD and FLOE, and the combined score (2 SIC + 2 SOD + FLOE) / 5.",
    "Evidence": "A map of which places in the scene support a class, from the network's own "
    "gradients (Grad-CAM and its relatives).",
}

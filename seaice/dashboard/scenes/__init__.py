"""The parts of the page Scenes."""

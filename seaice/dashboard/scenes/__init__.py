"""Parts of the page Scenes."""

"""The form of the AI4Arctic data: channels, charts, file layout, scene names and egg codes."""

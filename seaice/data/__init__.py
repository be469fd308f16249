"""Scenes as files hold them: reading, channels, positions, patches."""

"""Scenes as files hold them: opened, read, listed, converted and prepared."""

"""The web chat: its page, in Indonesian and English, and its server."""

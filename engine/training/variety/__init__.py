"""How varied the language of drawn problems is."""

"""What a search may call while it works on a problem."""

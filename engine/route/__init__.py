"""How hard a problem is, and which search it needs."""

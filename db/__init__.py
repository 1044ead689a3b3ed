"""Models, stores and migrations: everything that speaks SQL, and the Redis mirror of events."""

"""Training on top of a model that exists: supervised, preferences, rewards, execution."""

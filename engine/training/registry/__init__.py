"""The models on this machine: their versions, where they come from, whether they hold."""

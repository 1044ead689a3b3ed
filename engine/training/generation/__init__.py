"""Training data written by an outside model, kept only where execution bears it out."""

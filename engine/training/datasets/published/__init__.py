"""The layouts in which others publish their data sets, a function each that reads a row."""

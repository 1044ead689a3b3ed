"""Everything that is proved about Svend, by kind of proof."""

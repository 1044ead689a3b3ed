"""Domain frameworks: readable files of principles and reasoning blocks, which become data."""

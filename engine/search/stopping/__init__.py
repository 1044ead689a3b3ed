"""When a vote may stop: pure rules over the samples that have ended, in submission order."""

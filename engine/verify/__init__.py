"""How far an answer can be trusted: scores, evidence, calibration and verdicts, all pure."""

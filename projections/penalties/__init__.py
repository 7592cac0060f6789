"""行政处罚: cases with all their steps, and apart from them what the public is told."""

"""Projects put in one at a time and taken out one at a time, against what they cost."""

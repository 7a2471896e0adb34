"""Everything of one household."""

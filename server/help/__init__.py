"""What staff may read of how the shop works: its processes, drawn from the same files that other programs open."""

"""Stockhand's hub: what is true about stock, people and transfers, and the one door through which it changes."""

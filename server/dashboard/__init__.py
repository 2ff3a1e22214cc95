"""How a store does, at a glance: drawn from the books of the last thirty days, kept nowhere."""

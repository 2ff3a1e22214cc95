"""The ledger is the book of every movement of goods: signed, immutable entries at a location.

On hand is the sum of an item's entries at a store. Goods on the road stand at the transit location of the store they
travel to, so a transfer's entries sum to zero. Balances are the running sums, kept beside the ledger in the same
transaction and proved equal by the doctor. A mistake is mended by a new entry.
"""

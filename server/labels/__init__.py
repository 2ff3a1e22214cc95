"""Labels for shelves and goods: the item's barcode, a GS1 Digital Link, both names, the price; on sheets and on rolls.

What stands where is decided in `sync/labels.py` and its neighbours, so that a phone without a network draws the same
page for its browser to print. A PDF comes from the hub, with the letters in it.
"""

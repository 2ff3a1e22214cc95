"""An item is what a shop sells: a name on a shelf label, a SKU, one or more barcodes.

A barcode belongs to one item and is kept as a GTIN of 14 digits, so that the UPC and the EAN of one item are one.
Assortments say which items are ranged to which stores; an item is archived, never deleted.
"""

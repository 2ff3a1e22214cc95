"""The demonstration chain: Morgenkade, six invented shops in Flanders and Holland with 2,400 items in stock.

Everything in it is made up by rules from a seed, brands and barcodes included: the same seed gives the same shops, so
documentation and tests may name what stands there. It fills an empty database only, and books its stock as opening
entries like any shop that begins.
"""

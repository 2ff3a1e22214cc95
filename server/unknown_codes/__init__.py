"""Unknown codes: what was scanned in a store and no item has. None is thrown away: each is kept with how often and when
it was seen, on which shelf, and what was scanned beside it, until somebody says whose it is or that it is none of ours.

Who says whose it is makes a proposal (`barcode.teach`); what follows from its approval is told in `server.catalogue`.
"""

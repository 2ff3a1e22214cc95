"""An invitation brings one person's phone in: a link that works once, read from a screen as a QR code.

It lets a person who has never worked here choose their password, and whoever has worked here only shows that they
know it: so an old invitation, or one in wrong hands, takes nobody's place.
"""

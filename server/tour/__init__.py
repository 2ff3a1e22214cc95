"""The tour shows a new assistant in a minute what the phone can do, with goods that do not exist.

It opens by itself after a person's very first sign-in and is found again under More. It books nothing, so it works
without a network like every staff page.
"""

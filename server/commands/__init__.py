"""What can be typed at a terminal: one file a command, each of which prints sentences and never a traceback
for what is foreseen to fail.
"""

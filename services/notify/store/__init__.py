"""What notify keeps: releases in order, messages and their life, what is still to say and to send.

Every call takes the connection of a transaction its caller opened: positions, rows and what is to be said
to the partnership are kept together or not at all.
"""

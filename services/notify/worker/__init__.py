"""The threads of notify: one follows and plans and watches the clock, one mails, one speaks to the door.

following   reads releases and openings, keeps its position   planning   opens what waits, plans, lists
looking     writes down that a school opened its message
duties      turns silence into phone calls                    mailing    neutral e-mail, with retries
publishing  says what happened, through the door, in order
"""

"""The pulse: how many events of each type there were in each quarter hour of the last day, for the Hub.

A process of its own, made with Faust, that nothing waits for (decision 0026).
"""

"""`make tour`: a picture of every page, made by signing in to the demo as the people who use it."""

"""A class together: a room that students join with their phones, and what the lecturer asks in it."""

"""Templates of messages: texts with places for values of a record, in the syntax of Jinja, of which only a small part is allowed."""

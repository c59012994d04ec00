"""The only writer of records: one path for create, change, delete and restore, of one record or many."""

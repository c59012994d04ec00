"""Rules: what happened wakes them, conditions are judged for sets of records, runs do what they say."""

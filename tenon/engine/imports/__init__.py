"""Reading files into records: readers, guess, clean, map, write."""

"""What came before the record it belongs to: kept, and written once that record is there."""

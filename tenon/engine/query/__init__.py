"""Reading records: lists page by page, single records, groups and measures; always as the reader may see them."""

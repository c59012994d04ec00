"""The shapes in which products of analytics send events, a file a shape, each after its public documentation."""

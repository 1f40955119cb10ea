"""What a text answers: the reader of the `strict` protocol (docs/method.md)."""

"""One module a topic. A rule says what it does, why that matters, and shows a bad and a good example, which are its tests."""

"""The description of the API, made from the same classes that its bodies are made of."""

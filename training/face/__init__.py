"""The face network: procedural heads, pictures made of them, training, evaluation, export. docs/training.md."""

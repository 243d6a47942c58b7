"""The network of the generative fill: heads with an inside, pictures of them, training, evaluation, export. docs/training.md."""

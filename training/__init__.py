"""How the models in models/ were made. Never part of a program: building and running Efface needs none of it."""

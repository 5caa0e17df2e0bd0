"""`python -m brandbrain` is the command `brandbrain`."""

from brandbrain.cli import main

if __name__ == "__main__":
    main()

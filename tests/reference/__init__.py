"""The generated parts of docs/, made from the program: `make docs` writes them, tests/test_docs.py checks them."""

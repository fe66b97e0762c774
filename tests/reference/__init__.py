"""The generated parts of docs/, made from the program itself: `make docs` writes them, tests/test_docs.py checks them."""

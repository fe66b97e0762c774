"""What archiver writes, against its JSON Schemas, the dataclasses that hold it, and docs/format.md."""

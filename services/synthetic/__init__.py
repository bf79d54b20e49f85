"""The partnership's month and year, made of nobody; and the search for anybody at rest."""

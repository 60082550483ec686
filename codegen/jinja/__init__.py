"""The Jinja2 templates, and the filters through which every value enters them."""

"""The toolkit of the explorers: the shell, controls, predictions, SVG, style, accessibility."""

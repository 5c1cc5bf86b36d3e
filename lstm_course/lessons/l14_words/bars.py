"""Bars of lesson 14: how often a next token is right, of networks (several runs, blue) and of counting (grey)."""

import matplotlib.pyplot as plt
import numpy as np

from lstm_course.widgets.style import SKY

COUNTS = "#BBBBBB"


def bars(panels):
    """{title: {name: a share, or shares (runs,)}} -> a figure with a panel each; a line from the lowest run to the
    highest. The first panel names all bars."""
    fig, axes = plt.subplots(1, len(panels), figsize=(9.4, 2.7), sharey=True, layout="constrained")
    for ax, (title, shares) in zip(axes, panels.items(), strict=True):
        for name, share in shares.items():
            runs = 100 * np.atleast_1d(share)
            ax.barh(name, runs.mean(), color=SKY if np.ndim(share) else COUNTS, edgecolor="black")
            ax.plot([runs.min(), runs.max()], [name, name], color="black", linewidth=1.5)
            ax.text(runs.max() + 0.7, name, f"{runs.mean():.1f} %", va="center")
        ax.set(title=title, xlabel="right, in percent", xlim=(0, 34))
    axes[0].invert_yaxis()
    return fig

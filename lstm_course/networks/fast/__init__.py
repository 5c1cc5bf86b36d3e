"""The loops that RNN, LSTM and GRU really run: the cells' formulas, scheduled by hand. Read `cells` and `layer` first.

The tests assert that they give what the scan in layer.py gives, in every option.
"""

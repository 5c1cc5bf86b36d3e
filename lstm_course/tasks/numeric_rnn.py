"""One recurrent network small enough for a hand calculation, with every number of two steps.

The network of the article "循环神经网络(LSTM和GRU)(1)": h' = tanh(x W + h U + b), y = h' V + a, from h = 0.
"""

import numpy as np

X = np.array([[[1.0]], [[2.0]]])                                                    # (T,B,I) = (2,1,1)
PARAMETERS = {
    "W": np.array([[0.5, 0.6]]),                                                            # (I,H)
    "U": np.array([[0.1, 0.2], [0.3, 0.4]]),                                                # (H,H)
    "b": np.array([0.1, -0.1]),                                                             # (H,)
}
HEAD = {"W": np.array([[1.0], [2.0]]), "b": np.array([0.1])}                                # V (H,O), a (O,)

PRE_ACTIVATIONS = np.array([[0.6, 0.5], [1.2923401038778066, 1.3922567763036109]])          # (T,H)
STATES = np.array([[0.5370495669980352, 0.46211715726000974],
                   [0.8597381843462615, 0.8836664119437349]])                               # (T,H)
OUTPUTS = np.array([1.5612838815180548, 2.727071008233731])                                 # (T,)
OUTPUT_IF_U_TRANSPOSED = 2.736977362017037              # the second output if h Uᵀ is taken instead of h U

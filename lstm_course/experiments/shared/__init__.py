"""What several experiments share: the races, the LSTM's variants, the language models."""

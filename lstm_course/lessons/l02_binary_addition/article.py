"""What the program of the adder article prints after its training, line for line in its names."""

from lstm_course.tasks.binary_addition import dataset, decode


def report(network, pairs):
    """Ask the network for some sums, and print them."""
    for a_int, b_int in pairs:
        c_int = a_int + b_int
        x, c = dataset([a_int], [b_int])
        d = network.predict(x)[:, 0, 0] > 0
        out = decode(d)
        print(a_int, "+", b_int, "=", c_int)

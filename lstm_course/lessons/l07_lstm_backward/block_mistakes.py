"""What goes wrong in one line of lines 3 to 6 of lesson 07: a slope, or the factor beside it."""

SLOPES = {"i": "i * (1 - i)", "f": "f * (1 - f)", "g": "1 - g ** 2", "o": "o * (1 - o)"}
FACTORS = {"i": "g", "f": "c_prev", "g": "i", "o": "tanh_c"}
PRODUCTS = {"i": "i * g", "f": "f * c_prev", "g": "i * g", "o": "o * tanh(c)"}


def arrives(v, gate):
    """The gradient that arrives at the product in which the gate stands."""
    return v.dh if gate == "o" else v.dc


def slope(v, gate):
    """The slope of the gate's function, from the gate."""
    value = getattr(v, gate)
    return 1 - value ** 2 if gate == "g" else value * (1 - value)


def factor(v, gate):
    """What the gate is multiplied by."""
    return getattr(v, FACTORS[gate])


def mistakes_of_one_block():
    """{message: options of `back`}."""
    found = {}
    for gate in "ifgo":
        name, other = f"grad_z{gate}", FACTORS[gate].replace("tanh_c", "np.tanh(c)")
        found[f"the slope is missing in {name}: yours is the gradient of {gate}. Times {SLOPES[gate]} it is that of "
              f"z_{gate}"] = {"own": {gate: lambda v, gate=gate: arrives(v, gate) * factor(v, gate)}}
        found[f"a factor is missing in {name}: in {PRODUCTS[gate]}, {gate} was multiplied by {other}"] = {
            "own": {gate: lambda v, gate=gate: arrives(v, gate) * slope(v, gate)}}
        if gate != "g":
            found[f"half of the slope is missing in {name}: it is {SLOPES[gate]}"] = {
                "own": {gate: lambda v, gate=gate: arrives(v, gate) * factor(v, gate) * (1 - getattr(v, gate))}}
            found[f"1 - {gate} ** 2 in {name} is the slope of a tanh. {gate} is a sigmoid: {SLOPES[gate]}"] = {
                "own": {gate: lambda v, gate=gate: arrives(v, gate) * factor(v, gate) * (1 - getattr(v, gate) ** 2)}}
    for gate in "ifg":
        name = f"grad_z{gate}"
        found[f"{name} is made from grad_h. {gate} stands in c, so what arrives at it is grad_c"] = {
            "own": {gate: lambda v, gate=gate: v.dh * factor(v, gate) * slope(v, gate)}}
        found[f"{name} is made from grad_c_next alone. It needs the whole grad_c, with what came through h"] = {
            "own": {gate: lambda v, gate=gate: v.arrived * factor(v, gate) * slope(v, gate)}}
    for gate in "ig":
        found[f"{gate} itself stands as the factor in grad_z{gate}. In i * g it was multiplied by the other one, "
              f"{FACTORS[gate]}"] = {"own": {gate: lambda v, gate=gate: v.dc * getattr(v, gate) * slope(v, gate)}}
    found["grad_zo is made from grad_c. o stands in h = o * tanh(c), so what arrives at it is grad_h"] = {
        "own": {"o": lambda v: v.dc * v.tanh_c * slope(v, "o")}}
    found["the square is missing in grad_zg: the slope of tanh is 1 - g ** 2"] = {
        "own": {"g": lambda v: v.dc * v.i * (1 - v.g)}}
    found["1 + g ** 2 in grad_zg: the slope of tanh is 1 *minus* its square, 1 - g ** 2"] = {
        "own": {"g": lambda v: v.dc * v.i * (1 + v.g ** 2)}}
    found["o stands in grad_zg. In i * g, g was multiplied by i"] = {
        "own": {"g": lambda v: v.dc * v.o * slope(v, "g")}}
    found["the brackets in grad_zg: the slope of tanh is 1 - g ** 2, not (1 - g) ** 2"] = {
        "own": {"g": lambda v: v.dc * v.i * (1 - v.g) ** 2}}
    return found

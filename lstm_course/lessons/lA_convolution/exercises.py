"""Lesson A: the exercises on images. Those on convolutions over time are in over_time.py."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value
from lstm_course.lessons.lA_convolution.over_time import dilated_backward, dilated_convolution, layers_needed

__all__ = ["convolution_backward", "dilated_backward", "dilated_convolution", "field_width", "layers_needed",
           "lenet_weights", "max_pool_backward", "output_side"]

# ------------------------------------------------------------------------------- 1. how large the output is

def side_cases(rng):
    """The layers of the LeNet, then padding and strides that leave something over."""
    yield "conv 1 of the LeNet (32 pixels, kernel 5)", {"size": 32, "kernel": 5, "padding": 0, "stride": 1}
    yield "the digits, padded (28 pixels, kernel 5, padding 2)", {"size": 28, "kernel": 5, "padding": 2, "stride": 1}
    yield "pool 1 of the LeNet (28 pixels, blocks of 2)", {"size": 28, "kernel": 2, "padding": 0, "stride": 2}
    yield "a pixel left over (12 pixels, kernel 3, padding 1, stride 4)", {
        "size": 12, "kernel": 3, "padding": 1, "stride": 4}
    steps, kernel = (int(rng.integers(*limits)) for limits in ((5, 9), (4, 7)))
    yield "random sizes", {"size": 3 * steps + kernel - 1 + 1 - 2, "kernel": kernel, "padding": 1, "stride": 3}


@exercise(
    cases=side_cases, outputs=Output("side", whole=True),
    correct="It holds for convolution and for pooling, with padding and with steps that do not come out even.",
    hints=("Put the window at the left end. How many pixels are then still free on its right?",
           "size + 2 · padding − kernel pixels are free. Each step takes `stride` of them; what is left over is not "
           "used.",
           "(size + 2 * padding - kernel) // stride + 1: all steps, and the first place, which needs none."))
def output_side(size, kernel, padding, stride):
    """Whole numbers -> how many windows of `kernel` pixels, `stride` apart, fit into `size` pixels with padding"""
    return (size + 2 * padding - kernel) // stride + 1


output_side.mistakes({
    "the + 1 is missing: you count the steps, but the window also stands somewhere before its first step":
        lambda size, kernel, padding, stride: (size + 2 * padding - kernel) // stride,
    "the padding counts once: it is put on both sides, so it counts twice":
        lambda size, kernel, padding, stride: (size + padding - kernel) // stride + 1,
    "the padding is not in it: the zeros around the image are pixels like all others":
        lambda size, kernel, padding, stride: (size - kernel) // stride + 1,
    "the stride is not in it: a window that moves by 2 has half as many places":
        lambda size, kernel, padding, stride: size + 2 * padding - kernel + 1,
    "the 1 is divided too: (size + 2 · padding − kernel + 1) / stride. The first place needs no step, so add 1 after "
    "the division":
        lambda size, kernel, padding, stride: (size + 2 * padding - kernel + 1) // stride,
    "you round up: where a whole step does not fit any more, there is no window":
        lambda size, kernel, padding, stride: -(-(size + 2 * padding - kernel) // stride) + 1,
    "size / stride: the window cannot stand with its edge outside, so kernel − 1 places are lost":
        lambda size, kernel, padding, stride: size // stride,
})


# ------------------------------------------------------------------------------------ 2. convolution, backward

GRADS = Output("grad_x", "Y X"), Output("grad_W", "K K")


def backward_cases(rng):
    """Six windows by hand, then a random image that is not square."""
    yield "a 3 × 4 image and a 2 × 2 kernel", {
        "x": np.arange(12.0).reshape(3, 4), "W": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "grad_y": np.array([[1.0, 0.0, 0.0], [0.5, 2.0, -1.0]])}
    yield "random numbers (a 6 × 7 image, a 3 × 3 kernel)", {
        "x": rng.standard_normal((6, 7)), "W": rng.standard_normal((3, 3)), "grad_y": rng.standard_normal((4, 5))}


def _backward(x, W, grad_y, own=lambda W, r, s: W, write=False):
    grad_x, grad_W, K = np.zeros_like(x), np.zeros_like(W), len(W)
    for r, s in np.ndindex(grad_y.shape):
        share = own(W, r, s) * grad_y[r, s]
        if write:
            grad_x[r:r + K, s:s + K] = share
        else:
            grad_x[r:r + K, s:s + K] += share
        grad_W += x[r:r + K, s:s + K] * grad_y[r, s]
    return grad_x, grad_W


@exercise(
    cases=backward_cases, outputs=GRADS,
    correct="Both are sums over all windows: one kernel, many places. You have met this as “one W, many steps”.",
    hints=("y[r, s] = the sum of x[r:r+K, s:s+K] * W. By how much does y[r, s] grow if W[i, j] grows a little? And if "
           "the pixel x[r+i, s+j] does?",
           "By the pixel under it, and by the weight above it. Both times the gradient of y[r, s], and both added up "
           "over all r and s.",
           "In a loop over r and s: grad_W += x[r:r+K, s:s+K] * grad_y[r, s] and grad_x[r:r+K, s:s+K] += W * "
           "grad_y[r, s]."))
def convolution_backward(x, W, grad_y):
    """x (Y,X), W (K,K), grad_y (Y-K+1,X-K+1) -> the gradients of x (Y,X) and of W (K,K)"""
    return _backward(x, W, grad_y)


@convolution_backward.mutant("grad_x is overwritten: `=` instead of `+=`. A pixel stands in several windows, and each "
                             "of them sends a share")
def overwritten(x, W, grad_y):
    return _backward(x, W, grad_y, write=True)


convolution_backward.mistakes({
    "the kernel is turned the wrong way round in grad_x. Each window of y sends back through the weights as they "
    "stand; only if you slide the kernel over a padded grad_y, it has to be turned by 180° first":
        lambda x, W, grad_y: _backward(x, W, grad_y, own=lambda W, r, s: W[::-1, ::-1]),
    "the kernel is transposed in grad_x: rows and columns have changed places":
        lambda x, W, grad_y: _backward(x, W, grad_y, own=lambda W, r, s: W.T),
})


@convolution_backward.mutant("grad_W is the mean over the windows. One kernel is used at many places: the gradients of "
                             "all uses are *added*")
def mean_over_windows(x, W, grad_y):
    grad_x, grad_W = _backward(x, W, grad_y)
    return grad_x, grad_W / grad_y.size


@convolution_backward.mutant("grad_W holds the last window alone: `=` instead of `+=`")
def last_window(x, W, grad_y):
    K = len(W)
    return _backward(x, W, grad_y)[0], x[-K:, -K:] * grad_y[-1, -1]


convolution_backward.mistakes({
    "grad_y is not in grad_x: how much each window counts comes from behind, as in every chain rule":
        lambda x, W, grad_y: (_backward(x, W, np.ones_like(grad_y))[0], _backward(x, W, grad_y)[1]),
    "grad_y is not in grad_W: how much each window counts comes from behind, as in every chain rule":
        lambda x, W, grad_y: (_backward(x, W, grad_y)[0], _backward(x, W, np.ones_like(grad_y))[1]),
    "the two gradients have changed places: first that of x, then that of W":
        lambda x, W, grad_y: _backward(x, W, grad_y)[::-1],
})


# -------------------------------------------------------------------------------------- 3. max-pool, backward

def pool_cases(rng):
    """Six blocks by hand, two with negative numbers only, then random numbers."""
    yield "six blocks", {"x": np.array([[1.0, 7, -5, -3, 0, 9], [4, 2, -2, -8, 3, 5],
                                        [6, 5, 1, 2, -1, -4], [8, 9, 4, 3, -6, -7]]),
                         "grad_y": np.array([[10.0, 20, 30], [40, 50, 60]])}
    yield "random numbers (6 × 8)", {"x": rng.standard_normal((6, 8)), "grad_y": rng.standard_normal((3, 4))}


def _spread(grad_y):
    return np.repeat(np.repeat(grad_y, 2, axis=0), 2, axis=1)


def _largest(x):
    """1 where a pixel is the largest of its block, else 0."""
    blocks = x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2)
    return (blocks == blocks.max(axis=(1, 3), keepdims=True)).reshape(x.shape).astype(float)


def _rows_of_four(x):
    """Wrong blocks: four pixels of one row after the other -> (blocks,4), 1 where a pixel is the largest."""
    rows = x.reshape(-1, 4)
    return (rows == rows.max(axis=1, keepdims=True)).astype(float)


@exercise(
    cases=pool_cases, outputs=Output("grad_x", "Y X"),
    correct="Each gradient goes to one pixel alone, the one that was let through.",
    hints=("If a pixel that is not the largest of its block grows a little, does the output change?",
           "So its gradient is 0. The largest gets the whole gradient of its block, whatever its sign.",
           "For each block (r, s): block = x[2*r:2*r+2, 2*s:2*s+2], and where block == block.max() write grad_y[r, "
           "s]."))
def max_pool_backward(x, grad_y):
    """x (Y,X), grad_y (Y/2,X/2) of blocks of 2 × 2 -> the gradient of x (Y,X)"""
    return _largest(x) * _spread(grad_y)


max_pool_backward.mistakes({
    "each pixel of a block gets a quarter: that is the gradient of the *mean*. The maximum depends on the largest "
    "alone":
        lambda x, grad_y: _spread(grad_y) / 4,
    "all four pixels get the whole gradient: three of them do not move the output at all":
        lambda x, grad_y: _spread(grad_y),
})


@max_pool_backward.mutant("the gradient goes to the upper left pixel of each block: it belongs to the place of the "
                          "largest")
def to_the_corner(x, grad_y):
    grad_x = np.zeros_like(x)
    grad_x[::2, ::2] = grad_y
    return grad_x


max_pool_backward.mistakes({
    "the gradient is multiplied by the pixel. The output *is* the pixel, so the slope is 1":
        lambda x, grad_y: _largest(x) * _spread(grad_y) * x,
    "the gradient goes to the smallest pixel": lambda x, grad_y: _largest(-x) * _spread(grad_y),
    "blocks whose largest pixel is below 0 get nothing: that would be a ReLU. The maximum lets negative numbers "
    "through as well":
        lambda x, grad_y: _largest(x) * _spread(grad_y) * (x > 0),
    "the gradient goes to the pixel with the largest *size*: −5 is smaller than −3, not larger":
        lambda x, grad_y: _largest(np.abs(x)) * _spread(grad_y),
    "only one pixel of the whole image gets something: the largest of all. Each block has a largest pixel of its own":
        lambda x, grad_y: (x == x.max()) * _spread(grad_y),
    "the largest pixels are found, but they get their own value instead of the gradient of their block":
        lambda x, grad_y: _largest(x) * x,
    "your blocks are four neighbours in a row: a block is 2 × 2, two pixels and the two below them":
        lambda x, grad_y: (_rows_of_four(x) * grad_y.reshape(-1, 1)).reshape(x.shape),
    "your blocks are four neighbours in a row: a block is 2 × 2, two pixels, and below them two more":
        lambda x, grad_y: (x == _spread(x.reshape(-1, 4).max(axis=1).reshape(grad_y.shape))) * _spread(grad_y),
    "every pixel above 0 gets the gradient: that is a ReLU. Only the largest of a block gets it, whatever its sign":
        lambda x, grad_y: (x > 0) * _spread(grad_y),
    "np.tile puts copies of grad_y side by side. Each number belongs to one block: np.repeat, on both axes":
        lambda x, grad_y: _largest(x) * np.tile(grad_y, (2, 2)),
    "the winners are marked with 1, but their gradients, grad_y, are missing": lambda x, grad_y: _largest(x),
})


# ------------------------------------------------------------------------------------- 4. the receptive field

def field_cases(rng):
    """The LeNet, its first layers, then random layers."""
    yield "conv 1 and pool 1 of the LeNet", {"kernels": np.array([5, 2]), "strides": np.array([1, 2])}
    yield "conv 1 to conv 2 of the LeNet", {"kernels": np.array([5, 2, 5]), "strides": np.array([1, 2, 1])}
    yield "the whole LeNet", {"kernels": np.array([5, 2, 5, 2]), "strides": np.array([1, 2, 1, 2])}
    kernels = np.array([3, *rng.integers(2, 6, 3)])
    yield f"kernels {kernels}, strides [2 1 3 2]", {"kernels": kernels, "strides": np.array([2, 1, 3, 2])}


def _field(kernels, strides, grow=lambda kernel: kernel - 1):
    width, apart = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        width, apart = width + grow(kernel) * apart, apart * stride
    return int(width)


@exercise(
    cases=field_cases, outputs=Output("width", whole=True),
    correct="It grows by (kernel − 1) times the distance of neighbouring units, and pooling makes that distance grow.",
    hints=("Two neighbouring units of conv 1 see squares that lie 1 pixel apart. And two neighbouring units of pool 1?",
           "Carry two numbers along: the width, and how many pixels lie between neighbours. Both begin as 1.",
           "For each layer: width = width + (kernel - 1) * apart, and then apart = apart * stride."))
def field_width(kernels, strides):
    """The kernels and strides of the layers, from the first on -> how many pixels wide a unit of the last one sees"""
    return _field(kernels, strides)


field_width.mistakes({
    "the distance is left out: behind a stride of 2 neighbours lie 2 pixels apart, so a kernel of 5 adds 8 pixels and "
    "not 4":
        lambda kernels, strides: int(1 + np.sum(np.asarray(kernels) - 1)),
    "the kernels are added up: windows of neighbours overlap, so each layer adds kernel − 1 only":
        lambda kernels, strides: int(np.sum(kernels)),
    "the kernels are multiplied: windows of neighbours overlap": lambda kernels, strides: int(np.prod(kernels)),
    "each layer adds kernel · distance. A kernel of 1 would then add something, but it sees no new pixel: it is "
    "kernel − 1":
        lambda kernels, strides: _field(kernels, strides, grow=lambda kernel: kernel),
})


@field_width.mutant("the distance already holds the layer's own stride: update it *after* the width. The windows of a "
                    "layer lie as far apart as the units that it reads")
def stride_too_early(kernels, strides):
    width, apart = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        apart = apart * stride
        width = width + (kernel - 1) * apart
    return int(width)


field_width.mistakes({
    "the distance is the stride of the layer before alone: distances multiply from layer to layer, so keep their "
    "product":
        lambda kernels, strides: int(1 + np.sum((np.asarray(kernels) - 1) * np.append(1, strides[:-1]))),
    "the distance is the layer's own stride. How far apart neighbours lie is the product of the strides of all layers "
    "*before* it":
        lambda kernels, strides: int(1 + np.sum((np.asarray(kernels) - 1) * strides)),
    "the layers in the wrong order: a growing distance starts at the first layer, width · stride + kernel − stride at "
    "the last":
        lambda kernels, strides: _field(kernels[::-1], strides[::-1]),
    "only the last kernel is seen: through it, the unit sees all that the layers before it have seen":
        lambda kernels, strides: int(kernels[-1]),
})


# --------------------------------------------------------------------------------------- 5. how many weights

lenet_weights = value(
    "lenet_weights", 62_006,
    correct="456 + 2 416 for the convolutions, and 48 120 + 10 164 + 850 for the three matrices behind them.",
    wrong=[
        (61_770, "that is without the biases: one for each of the 6 + 16 + 120 + 84 + 10 outputs"),
        (61_706, "that is for grey images: with three colours, each kernel of the first layer has 3 · 5 · 5 weights"),
        (62_006 - 456 - 2416, "that is the three matrices alone: the kernels are weights, too"),
        (456 + 2416, "that is the two convolutions alone: 400 → 120 → 84 → 10 comes behind them"),
        (62_006 + (1655 - 400) * 120, "the article's “1655” has lost two signs: it means 16 · 5 · 5 = 400"),
        (62_006 - 2416 + 16 * 26, "in the second convolution each kernel reads all 6 maps: 6 · 5 · 5 weights, a bias"),
        (62_006 - 22 + 6 * 784 + 16 * 100, "a bias for each place is too many: each map has one, for all its places"),
        (456 * 28 * 28 + 2416 * 10 * 10 + 59_134, "the kernels count once: all places of the image share them"),
    ],
    otherwise="Five layers have weights: two convolutions, C · 5 · 5 · O + O each, and three matrices, I · O + O each",
    hints=("A kernel of the first layer has 3 · 5 · 5 weights and a bias, and there are 6 of them.",
           "(3 · 25 + 1) · 6 = 456 for the first layer. The second reads 6 maps and makes 16. Then 400 → 120 → 84 → "
           "10.",
           "456 + (6 · 25 + 1) · 16 + (400 + 1) · 120 + (120 + 1) · 84 + (84 + 1) · 10"))

"""Parts, tiles and strips against the network in one piece."""

import weakref
from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional
from varied import varied_network

from seaice.core.errors import MemoryShortError
from seaice.network import parts, staged
from seaice.network.config import ENCODERS, FEATURE_LEVEL, NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.network.parts import BYTES, Part, decoder_part, encoder_parts
from seaice.network.plan import plan
from seaice.network.receptive_field import receptive_field_px
from seaice.network.staged import StagedNetwork, upsampled

TIGHT = 2
"""Times the least budget: enough for tiles of a useful size, but for several of them."""
TIGHTER = 1.2
"""The same where decoders take more than tiles: the fewest channels at the finest stride."""
ODD = 203, 187
"""Lines and samples of a scene that fit no stride."""
_RENORMALISED = {"padding": "renormalised", "radar_inputs": (0, 1)}
CASES = {
    **{
        f"{encoder}-{stride}": {"encoder": encoder, "output_stride": stride}
        for encoder, stride in product(ENCODERS, FEATURE_LEVEL)
    },
    "separable-4": {"output_stride": 4, "stem": "separable", "smooth_inputs": (3, 4)},
    "renormalised-4": {"output_stride": 4, **_RENORMALISED},
    "renormalised-16": {"output_stride": 16, **_RENORMALISED},
}
"""Every encoder at every stride, and what else a configuration can choose."""


def network_of(settings, rates=(1, 2, 5)) -> SeaIceNet:
    return varied_network(NetworkConfig(5, rates, width=4, decoder_channels=8, **settings))


def inputs_of(shape) -> torch.Tensor:
    """Noise with a masked border and a masked hole."""
    inputs = torch.randn(1, 5, *shape, generator=torch.Generator().manual_seed(1))
    inputs[..., :20] = 0
    inputs[..., 50:110, 60:150] = 0
    return inputs


def padded(inputs, network) -> torch.Tensor:
    """Zeros below and to the right, up to a size that the network takes."""
    multiple = network.config.size_multiple
    lines, samples = (-size % multiple for size in inputs.shape[-2:])
    return functional.pad(inputs, (0, samples, 0, lines))


def least_budget(network, shape, step: float = 1.1) -> float:
    """The smallest budget that is enough, to a tenth or another step."""
    budget = 1e5
    while True:
        try:
            plan(network, shape, budget)
        except MemoryShortError:
            budget *= step
        else:
            return budget


def run(network, inputs, budget) -> dict[str, torch.Tensor]:
    steps = StagedNetwork(network, tuple(inputs.shape[-2:]), budget)
    for tile in steps.tiles:
        steps.take(tile, inputs[..., *steps.around(tile)])
    return steps.outputs()


@pytest.mark.parametrize("name", CASES)
@torch.inference_mode()
def test_it_gives_what_the_network_gives_in_one_piece(monkeypatch, name: str):
    network = network_of(CASES[name])
    inputs = padded(inputs_of(ODD), network)
    shape = inputs.shape[-2], inputs.shape[-1]
    assert shape != ODD
    whole = network(inputs)
    budget = (TIGHTER if name == "separable-4" else TIGHT) * least_budget(network, shape)
    monkeypatch.setattr(parts, "_STRIP_BYTES", 1e5)
    assert len(StagedNetwork(network, shape, budget).tiles) >= 4
    everything = slice(0, ODD[0]), slice(0, ODD[1])
    for chart, cells in run(network, inputs, budget).items():
        got = upsampled(cells, network.config.output_stride, everything)
        expected = whole[chart][..., *everything]
        spread = float(expected.var(dim=(-2, -1)).mean().sqrt())
        assert spread > 0.005
        np.testing.assert_allclose(got / spread, expected / spread, rtol=0, atol=1e-4)


def test_the_plan_counts_the_maps_and_the_smallest_strip_of_a_decoder():
    """The branches of a rate of 36 see 37 cells to each side."""
    network, shape = network_of({"output_stride": 8}, rates=(12, 24, 36)), (3008, 3008)
    decoder = decoder_part(network, "SOD")
    assert (decoder.margin, decoder.least_lines) == (37, 2)
    maps = BYTES * (encoder_parts(network)[-1].channels + decoder.channels) * 376 * 376
    strip = BYTES * decoder.values * (2 + 2 * 37) * 376
    assert least_budget(network, shape) >= maps + strip
    # Explanations need no decoder of a plan.
    assert plan(network, shape, 0.99 * (maps + strip), charts=()).memory < maps + strip


@pytest.mark.parametrize("room", [-1e6, 0.0, 1e6, 4e6, 5e7, 1e9])
def test_strips_take_what_is_left(room: float):
    network, cells = network_of({"output_stride": 8}), (376, 376)
    for part in (decoder_part(network, "SOD"), *encoder_parts(network)[1:]):
        lines = part.strip_lines(part.map_bytes(cells) + room, cells)
        whole = cells[0] // part.stride
        assert part.strip_bytes(lines, cells) <= room or lines == part.least_lines
        assert part.strip_bytes(lines + 1, cells) > room or lines == whole
        assert part.least_lines <= lines <= whole


def test_strips_that_are_mostly_margins_are_larger_where_there_is_room(monkeypatch):
    network, cells = network_of({"output_stride": 4}, rates=(12, 24, 36)), (1250, 1300)
    monkeypatch.setattr(parts, "_STRIP_BYTES", 1e6)
    decoder = decoder_part(network, "SOD")
    assert decoder.strip_lines(1e12, cells) == 4 * 37
    assert decoder.cost_in_strips(1e12, cells) < 1.5 * decoder.cost * 1250 * 1300


@pytest.mark.parametrize("times", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("name", ["resnet18-16", "resnet50-8", "renormalised-4"])
@torch.inference_mode()
def test_maps_and_strips_hold_no_more_than_the_budget(monkeypatch, name: str, times: int):
    network = network_of(CASES[name])
    inputs = padded(inputs_of((608, 400)), network)
    shape = inputs.shape[-2], inputs.shape[-1]
    budget = times * least_budget(network, shape)
    maps, held = list[weakref.ref](), list[float]()
    put, compute = staged._Map.put, Part.compute

    def noted_put(self: staged._Map, values: torch.Tensor, window) -> None:
        put(self, values, window)
        maps.append(weakref.ref(self.values))

    def noted_compute(part: Part, given: torch.Tensor, window, output) -> torch.Tensor:
        alive = {id(each): each for ref in maps if (each := ref()) is not None}
        strip = BYTES * part.values * given.shape[-2] * given.shape[-1]
        held.append(strip + sum(each.nbytes for each in alive.values()))
        return compute(part, given, window, output)

    monkeypatch.setattr(staged._Map, "put", noted_put)
    monkeypatch.setattr(Part, "compute", noted_compute)
    outputs = run(network, inputs, budget)
    # What is asked for comes beside the budget, and so does the byte a cell that tells of data.
    beside = sum(each.nbytes for each in outputs.values()) + BYTES * shape[0] * shape[1] / 16
    assert budget / 2 < max(held) <= budget + beside


@pytest.mark.parametrize("stride", [4, 8, 16])
def test_a_full_size_scene_fits_with_every_rate(stride: int):
    """Within the memory that predictions take where nothing else is named."""
    shape = (5008, 5216)
    for rates in ((), (6, 12, 18), (12, 24, 36), (96,)):
        config = NetworkConfig(18, rates, output_stride=stride, decoder_channels=32)
        assert plan(SeaIceNet(config), shape, 2**30).memory <= 2**30


def test_a_scene_that_fits_is_one_tile():
    network, shape = network_of({"output_stride": 8}), (608, 400)
    (tile,) = StagedNetwork(network, shape, 1e9).tiles
    assert tile == (slice(0, 608), slice(0, 400))


@pytest.mark.parametrize("window", [(slice(0, 7), slice(3, 40)), (slice(13, 47), slice(39, 48))])
@pytest.mark.parametrize("stride", [4, 8, 16])
def test_a_window_of_the_upsampling_is_that_of_the_whole(stride: int, window):
    cells = torch.randn(1, 3, 48 // stride, 48 // stride)
    whole = SeaIceNet.upsample(cells, (48, 48))
    torch.testing.assert_close(upsampled(cells, stride, window), whole[..., *window])


def test_tiles_cover_the_scene_once():
    network, shape = network_of(CASES["renormalised-16"]), (1008, 784)
    steps = StagedNetwork(network, shape, least_budget(network, shape))
    count = np.zeros(shape, int)
    for tile in steps.tiles:
        count[tile] += 1
    assert (count == 1).all()


def test_margins_hold_only_what_the_early_layers_see():
    """That is far less than the network's receptive field, which is what tiles would repeat."""
    network = network_of(CASES["renormalised-16"], rates=(6, 12, 18))
    shape = 3008, 3008
    chosen = plan(network, shape, 200 * 2**20)
    assert chosen.tile < 3008
    assert chosen.early.margin < receptive_field_px(network) / 10


def test_more_memory_never_costs_more_time():
    network, shape = network_of({"output_stride": 16, "encoder": "resnet152"}), (4992, 5216)
    least = least_budget(network, shape, 2)
    costs = [plan(network, shape, least * factor).cost for factor in (1, 2, 4, 8, 64)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


def test_the_parts_of_an_encoder_are_the_encoder():
    network, inputs = network_of({"output_stride": 16, "encoder": "resnet50"}), inputs_of((64, 96))
    expected = network.encoder(inputs)[-1]
    for part in encoder_parts(network):
        inputs = part.layers(inputs)
    torch.testing.assert_close(inputs, expected)


def test_too_small_a_budget_is_told_in_a_sentence():
    network = network_of({"output_stride": 8})
    with pytest.raises(MemoryShortError, match=r"1600 x 1600 pixels needs at least \d+ MiB"):
        StagedNetwork(network, (1600, 1600), 2**20)

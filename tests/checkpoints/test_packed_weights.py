"""Packed numbers: to words and back, in AutoAWQ's order, and zero points of 0 in GPTQ's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.packers import Ints, gemm_order, packed_words
from trusteval.checkpoints.packed_layout import PackedLayer
from trusteval.checkpoints.packed_weights import in_order, interleaved, pack, true_zeros, unpack
from trusteval.checkpoints.quantization import Layout, Quantization

BITS = (2, 3, 4, 8)
MODEL = "gptqmodel:7.6.0"


@st.composite
def packable(draw: st.DrawFn) -> tuple[int, Ints]:
    """Bits, and a table [count, columns] of values that fit into them."""
    bits = draw(st.sampled_from(BITS))
    count, columns = draw(st.integers(1, 100)), draw(st.integers(1, 3))
    value = st.integers(0, (1 << bits) - 1)
    flat = draw(st.lists(value, min_size=count * columns, max_size=count * columns))
    return bits, np.array(flat, dtype=np.int64).reshape(count, columns)


@given(packable())
def test_unpacking_gives_back_what_was_packed(table: tuple[int, Ints]) -> None:
    import torch

    bits, values = table
    packed = pack(torch.from_numpy(values), bits)
    assert packed.dtype == torch.int32
    assert unpack(packed, bits, len(values)).tolist() == values.tolist()


@given(packable())
def test_packed_values_are_one_long_number(table: tuple[int, Ints]) -> None:
    import torch

    bits, values = table
    expected = [packed_words(column, bits).tolist() for column in values.T.tolist()]
    assert pack(torch.from_numpy(values), bits).T.tolist() == expected


@given(st.sampled_from(BITS), st.integers(1, 6), st.integers(1, 3))
def test_natural_order_is_restored_from_gemms(bits: int, blocks: int, rows: int) -> None:
    import torch

    values = torch.arange(rows * blocks * 8).reshape(rows, -1)
    assert interleaved(values, bits).tolist() == gemm_order(values.numpy(), bits).tolist()
    assert in_order(interleaved(values, bits), bits).tolist() == values.tolist()


# -- zero points of the classic layout, stored minus one ----------------------------------------

ZERO_IS_READ_AS = (
    # bits, act-order, group size, what AutoGPTQ 0.7.1 on a CPU reads where it stored 0 - 1
    (2, False, 64, 0),
    (2, False, -1, 0),
    (2, True, -1, 0),
    (2, True, 64, 4),
    (3, False, 64, 8),
    (3, False, -1, 8),
    (3, True, -1, 8),
    (3, True, 64, 8),
    (4, False, 64, 0),
    (4, False, -1, 0),
    (4, True, -1, 0),
    (4, True, 64, 16),
    (8, False, 64, 0),
    (8, False, -1, 0),
    (8, True, -1, 0),
    (8, True, 64, 256),
)


@pytest.mark.parametrize(("bits", "act_order", "group_size", "read"), ZERO_IS_READ_AS)
def test_zero_point_of_0_is_read_as_autogptq_reads_it(
    bits: int, act_order: bool, group_size: int, read: int
) -> None:
    all_ones = [0xFFFFFFFF] * bits
    assert zeros_of(all_ones, bits, act_order=act_order, group_size=group_size) == [read] * 32


@pytest.mark.parametrize(
    ("bits", "words", "expected"),
    [
        # Zero points 3, 0, 5, ...: everything after the first is lost within the word.
        (4, [0xFFFFFFF2, 0x77777777, 0, 0], [3, *[0] * 7, *[8] * 8, *[1] * 16]),
        (8, [0xFFFFFF02, 0x7F7F7F7F, *[0] * 6], [3, *[0] * 3, *[128] * 4, *[1] * 24]),
        # 3 bit, 0 in column 5, the others 1: two bits leak into column 10 across the word's end.
        (3, [0xFFFF8000, 0, 0], [*[1] * 5, *[8] * 5, 4, *[1] * 21]),
        # 3 bit, 0 in column 15: one bit leaks into column 21.
        (3, [0, 0xFFFFE000, 0], [*[1] * 15, *[8] * 6, 2, *[1] * 10]),
    ],
)
def test_neighbours_of_a_zero_point_of_0_are_what_autogptq_left_of_them(
    bits: int, words: list[int], expected: list[int]
) -> None:
    assert zeros_of(words, bits) == expected


@pytest.mark.parametrize(
    ("bits", "words", "expected"),
    [
        (2, [0x8F8F8F8F] * 2, [0, 1, 2, 3] * 8),  # 0xE4E4E4E4 - 0x55555555
        (4, [0x654320FF] * 4, [0, 1, 2, 3, 4, 5, 6, 7] * 4),  # 0x76543210 - 0x11111111
        (4, [0xEEEEEEEF] * 4, [0] * 32),  # 0 - 0x11111111
        (8, [0x0200FFFF] * 8, [0, 1, 2, 3] * 8),  # 0x03020100 - 0x01010101
        (3, [0xFFFFFFFF] * 3, [0] * 32),  # at 3 bit every field by itself
    ],
)
@pytest.mark.parametrize("act_order", [False, True])
def test_borrow_of_gptqmodels_subtraction_is_given_back(
    bits: int, words: list[int], expected: list[int], act_order: bool
) -> None:
    assert zeros_of(words, bits, writer=MODEL, act_order=act_order) == expected


@given(st.sampled_from((2, 4, 8)), st.data())
def test_every_zero_point_of_gptqmodel_is_read_back(bits: int, data: st.DataObject) -> None:
    value = st.integers(0, (1 << bits) - 1)
    zeros = data.draw(st.lists(value, min_size=32, max_size=32))
    ones = sum(1 << place for place in range(0, 32, bits))
    words = packed_words(zeros, bits).astype(np.int64) - ones
    assert zeros_of(words.tolist(), bits, writer=MODEL) == zeros


@pytest.mark.parametrize("writer", ["", MODEL])
def test_second_layout_stores_zero_points_as_they_are(writer: str) -> None:
    words = [0x76543210] * 4
    found = zeros_of(words, 4, layout=Layout.GPTQ_V2, writer=writer, act_order=True)
    assert found == [0, 1, 2, 3, 4, 5, 6, 7] * 4


def zeros_of(
    words: list[int],
    bits: int,
    *,
    layout: Layout = Layout.GPTQ,
    writer: str = "",
    act_order: bool = False,
    group_size: int = 64,
) -> list[int]:
    """Read the zero points of 32 output columns in one group."""
    import torch

    quantization = Quantization(
        method="gptq",
        bits=bits,
        group_size=group_size,
        symmetric=False,
        act_order=act_order,
        layout=layout,
        writer=writer,
    )
    packed = np.array([words], dtype=np.int64).astype(np.uint32).view(np.int32)
    layer = PackedLayer("layer", in_features=64, out_features=32, has_groups=True)
    (zeros,) = true_zeros(torch.from_numpy(packed), layer, quantization).tolist()
    return list(zeros)

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/convolution.h"

namespace quantrail {

// What happens to a layer on CPUs without VNNI. There one instruction (vpmaddubsw) multiplies uint8 activations with
// int8 weights and adds each two neighbouring products in an int16, which saturates: a0 * w0 + a1 * w1 outside [-32768,
// 32767] comes out wrong. https://oneapi-src.github.io/oneDNN/dev_guide_int8_computations.html
//
// Which products are neighbours is up to the kernel. Counted here are, for each result, input channels 2j and 2j + 1 of
// its group at one kernel position; with one channel per group (depthwise, or a network's only channel), kernel
// positions 2j and 2j + 1 in row-major order. An odd one out has no partner and cannot exceed alone. Padding holds the
// zero point's code.

/// Counts, to be added up in any order.
struct PairCounts {
  std::int64_t pairs = 0;              ///< of products that were added
  std::int64_t saturated = 0;          ///< of those, sums that an int16 does not hold
  std::int64_t results = 0;            ///< elements of the layer's result that were looked at
  std::int64_t saturated_results = 0;  ///< of those, with at least one such sum
  bool operator==(const PairCounts&) const = default;
  PairCounts& operator+=(const PairCounts& other);
};

/// The pairs of one layer that can exceed at all, with codes up to 255: both weights of one sign and together more than
/// 128 in magnitude. Few of a trained layer's.
struct SaturablePairs {
  struct Pair {
    std::int64_t first = 0;  ///< element of the window's content, [kernel position, channel of all groups]
    std::int64_t second = 0;
    std::int32_t first_weight = 0;
    std::int32_t second_weight = 0;
    bool operator==(const Pair&) const = default;
  };
  Convolution layer{};                ///< its `batch` is not read: positions count through all images
  std::int64_t pairs_per_result = 0;  ///< whether or not they can exceed
  std::vector<Pair> pairs{};          ///< by result channel
  std::vector<std::size_t> ends{};    ///< per result channel, where its pairs end
  std::vector<float> steps{};         ///< of the weights' codes, one per result channel or one for all
};

/// Of `weights` [G*M, C, kernel...].
[[nodiscard]] SaturablePairs saturable_pairs(Convolution layer, std::span<const std::int8_t> weights);

/// x [rows, depth] times a matrix as a convolution: each row is an image of one pixel. `weights` [depth, columns], or
/// with `transposed` [columns, depth].
[[nodiscard]] SaturablePairs saturable_pairs(std::int64_t depth, std::int64_t columns,
                                             std::span<const std::int8_t> weights, bool transposed);

/// Codes of a layer's input for one sample: [batch, channels, spatial], or channels last [batch, spatial, channels].
struct CodeView {
  std::span<const std::uint8_t> codes{};
  bool channels_last = false;
  std::uint8_t zero_point = 0;
};

/// Counts at `positions` of the result, each in [0, batch * result size), over all result channels.
[[nodiscard]] PairCounts saturation(const SaturablePairs& layer, const CodeView& input,
                                    std::span<const std::int64_t> positions);

/// What the results at `positions` lose by it, squared and added up over them and over result channels; in the unit of
/// the weights times steps of the input's codes.
[[nodiscard]] double lost_energy(const SaturablePairs& layer, const CodeView& input,
                                 std::span<const std::int64_t> positions);

/// Positions of a layer's result with `total` of them to look at in sample number `sample`: `count`, all different, or
/// all where there are no more. They are spread over the whole result, and each sample goes on where the one before
/// left off, so that few per sample see every place in time.
[[nodiscard]] std::vector<std::int64_t> spread_positions(std::int64_t total, std::int64_t count, std::int64_t sample);

}  // namespace quantrail

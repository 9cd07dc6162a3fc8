#include "quantize/pair_saturation.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>

namespace quantrail {
namespace {

constexpr std::int32_t kLowest = std::numeric_limits<std::int16_t>::min();
constexpr std::int32_t kHighest = std::numeric_limits<std::int16_t>::max();
constexpr std::int32_t kLargestCode = 255;

/// Products of opposite sign hold each other within range: 255 * 128 is below 32768.
bool can_exceed(std::int32_t a, std::int32_t b) {
  return (a < 0) == (b < 0) && kLargestCode * (std::abs(a) + std::abs(b)) > kHighest;
}

/// The window's content at one position of the result, [kernel position, channel].
class Patch {
 public:
  Patch(const Convolution& layer, const CodeView& input)
      : layer_(layer),
        input_(input),
        channels_(layer.groups * layer.from),
        area_(element_count(layer.source)),
        codes_(static_cast<std::size_t>(element_count(layer.window.kernel) * channels_)) {}

  void look_at(std::int64_t position) {
    const auto results = element_count(layer_.result);
    const auto image = input_.codes.subspan(static_cast<std::size_t>(position / results * area_ * channels_));
    std::uint8_t* to = codes_.data();
    for (std::int64_t k = 0; k < element_count(layer_.window.kernel); ++k, to += channels_) {
      const auto at = source(position % results, k);
      for (std::int64_t c = 0; c < channels_; ++c) {
        to[c] = at < 0 ? input_.zero_point : image[static_cast<std::size_t>(offset(at, c))];
      }
    }
  }

  [[nodiscard]] std::int32_t operator[](std::int64_t element) const {
    return codes_[static_cast<std::size_t>(element)];
  }

 private:
  /// Where kernel position `k` of the result's `position` falls in the source, counted row-major; -1 in the padding.
  [[nodiscard]] std::int64_t source(std::int64_t position, std::int64_t k) const {
    const Window& window = layer_.window;
    std::int64_t at = 0;
    std::int64_t pitch = 1;
    for (std::size_t axis = layer_.source.size(); axis-- > 0;) {
      const auto here = position % layer_.result[axis] * window.strides[axis] - window.pads_begin[axis] +
                        k % window.kernel[axis] * window.dilations[axis];
      if (here < 0 || here >= layer_.source[axis]) return -1;
      at += here * pitch;
      pitch *= layer_.source[axis];
      position /= layer_.result[axis];
      k /= window.kernel[axis];
    }
    return at;
  }

  [[nodiscard]] std::int64_t offset(std::int64_t at, std::int64_t channel) const {
    return input_.channels_last ? at * channels_ + channel : channel * area_ + at;
  }

  const Convolution& layer_;
  const CodeView& input_;
  std::int64_t channels_;
  std::int64_t area_;
  std::vector<std::uint8_t> codes_;
};

/// What saturation does to one result.
struct Loss {
  std::int64_t pairs = 0;  ///< that exceed
  std::int64_t codes = 0;  ///< by how much, added up
};

Loss loss_of(std::span<const SaturablePairs::Pair> pairs, const Patch& patch) {
  Loss loss;
  for (const auto& pair : pairs) {
    const auto sum = patch[pair.first] * pair.first_weight + patch[pair.second] * pair.second_weight;
    const auto excess = sum - std::clamp(sum, kLowest, kHighest);
    loss.pairs += excess != 0 ? 1 : 0;
    loss.codes += excess;
  }
  return loss;
}

/// The step of result channel `channel`'s weights.
double step(const std::vector<float>& steps, std::size_t channel) {
  if (steps.empty()) return 1.0;
  return steps[steps.size() == 1 ? 0 : channel];
}

/// Calls what(result channel, loss) for each result at each of `positions`, where the layer has pairs that can exceed.
template <typename What>
void for_each_result(const SaturablePairs& layer, const CodeView& input, std::span<const std::int64_t> positions,
                     const What& what) {
  if (layer.pairs.empty()) return;
  const std::span pairs(layer.pairs);
  Patch patch(layer.layer, input);
  for (const auto position : positions) {
    patch.look_at(position);
    std::size_t begin = 0;
    for (std::size_t channel = 0; channel < layer.ends.size(); ++channel) {
      what(channel, loss_of(pairs.subspan(begin, layer.ends[channel] - begin), patch));
      begin = layer.ends[channel];
    }
  }
}

}  // namespace

PairCounts& PairCounts::operator+=(const PairCounts& other) {
  pairs += other.pairs;
  saturated += other.saturated;
  results += other.results;
  saturated_results += other.saturated_results;
  return *this;
}

SaturablePairs saturable_pairs(Convolution layer, std::span<const std::int8_t> weights) {
  const auto area = element_count(layer.window.kernel);
  const auto channels = layer.groups * layer.from;
  const bool depthwise = layer.from == 1;
  SaturablePairs found;
  found.pairs_per_result = depthwise ? area / 2 : layer.from / 2 * area;
  const auto consider = [&](std::int64_t output, std::int64_t c, std::int64_t k) {
    // Neighbours in memory [C, kernel]: the next position of the only channel, or the same one of the next channel.
    const auto at = (output * layer.from + c) * area + k;
    const std::int32_t first = weights[static_cast<std::size_t>(at)];
    const std::int32_t second = weights[static_cast<std::size_t>(depthwise ? at + 1 : at + area)];
    if (!can_exceed(first, second)) return;
    const auto element = k * channels + output / layer.to * layer.from + c;
    found.pairs.push_back({element, depthwise ? element + channels : element + 1, first, second});
  };
  for (std::int64_t output = 0; output < layer.groups * layer.to; ++output) {
    for (std::int64_t k = 0; depthwise && k + 1 < area; k += 2) consider(output, 0, k);
    for (std::int64_t c = 0; !depthwise && c + 1 < layer.from; c += 2) {
      for (std::int64_t k = 0; k < area; ++k) consider(output, c, k);
    }
    found.ends.push_back(found.pairs.size());
  }
  found.layer = std::move(layer);
  return found;
}

SaturablePairs saturable_pairs(std::int64_t depth, std::int64_t columns, std::span<const std::int8_t> weights,
                               bool transposed) {
  const Convolution pointwise{1, 1, depth, columns, {1}, {1}, {{1}, {1}, {1}, {0}, {0}}};
  if (transposed) return saturable_pairs(pointwise, weights);
  std::vector<std::int8_t> by_column(weights.size());
  for (std::size_t at = 0; at < weights.size(); ++at) {
    const auto row = static_cast<std::int64_t>(at) / columns;
    const auto column = static_cast<std::int64_t>(at) % columns;
    by_column[static_cast<std::size_t>(column * depth + row)] = weights[at];
  }
  return saturable_pairs(pointwise, by_column);
}

PairCounts saturation(const SaturablePairs& layer, const CodeView& input, std::span<const std::int64_t> positions) {
  PairCounts counts;
  counts.results = static_cast<std::int64_t>(positions.size()) * layer.layer.groups * layer.layer.to;
  counts.pairs = counts.results * layer.pairs_per_result;
  for_each_result(layer, input, positions, [&](std::size_t, const Loss& loss) {
    counts.saturated += loss.pairs;
    counts.saturated_results += loss.pairs > 0 ? 1 : 0;
  });
  return counts;
}

double lost_energy(const SaturablePairs& layer, const CodeView& input, std::span<const std::int64_t> positions) {
  double energy = 0.0;
  for_each_result(layer, input, positions, [&](std::size_t channel, const Loss& loss) {
    const double lost = static_cast<double>(loss.codes) * step(layer.steps, channel);
    energy += lost * lost;
  });
  return energy;
}

std::vector<std::int64_t> spread_positions(std::int64_t total, std::int64_t count, std::int64_t sample) {
  count = std::min(count, total);
  // Steps of the golden ratio leave no large gap, whatever the count; without a common divisor they meet all positions.
  std::int64_t step = total * 618 / 1000 + 1;
  while (std::gcd(step, total) != 1) ++step;
  std::vector<std::int64_t> positions;
  for (std::int64_t i = 0; i < count; ++i) positions.push_back((sample * count + i) % total * step % total);
  return positions;
}

}  // namespace quantrail

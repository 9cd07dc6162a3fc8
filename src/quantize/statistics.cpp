#include "quantize/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace quantrail {
namespace {

using nlohmann::json;

constexpr int kLayout = 1;
constexpr std::size_t kLanes = 16;  // independent running extremes, so that the compiler can use vectors
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Extremes {
  std::array<float, kLanes> min{};
  std::array<float, kLanes> max{};
  std::array<std::int32_t, kLanes> finite{};

  Extremes() {
    min.fill(kInfinity);
    max.fill(-kInfinity);
  }
  void see(std::size_t lane, float x) {
    const bool finite_x = std::abs(x) < kInfinity;  // false for NaN
    finite[lane] += finite_x ? 1 : 0;
    const float low = finite_x ? x : kInfinity;
    const float high = finite_x ? x : -kInfinity;
    min[lane] = low < min[lane] ? low : min[lane];
    max[lane] = high > max[lane] ? high : max[lane];
  }
};

void learn_extremes(std::span<const float> values, SampleStatistics& sample) {
  constexpr std::size_t kBlock = std::size_t{1} << 20U;  // so that int32 counts suffice
  sample.min = kInfinity;
  sample.max = -kInfinity;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    const auto block = values.subspan(begin, std::min(kBlock, values.size() - begin));
    Extremes extremes;
    std::size_t i = 0;
    for (; i + kLanes <= block.size(); i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) extremes.see(lane, block[i + lane]);
    }
    for (; i < block.size(); ++i) extremes.see(i % kLanes, block[i]);
    sample.min = std::min(sample.min, *std::min_element(extremes.min.begin(), extremes.min.end()));
    sample.max = std::max(sample.max, *std::max_element(extremes.max.begin(), extremes.max.end()));
    for (const auto count : extremes.finite) sample.finite += count;
  }
  sample.not_finite = static_cast<std::int64_t>(values.size()) - sample.finite;
  if (sample.finite == 0) sample.min = sample.max = 0.0F;
}

/// Where a channel's elements lie in one sample.
struct Channels {
  std::size_t rows = 1;
  std::size_t count = 1;
  std::size_t spatial = 0;
  bool last = false;
};

/// Calls see(channel, element) for each element.
template <class See>
void each_element(std::span<const float> values, const Channels& layout, const See& see) {
  if (layout.last) {
    for (std::size_t s = 0; s < layout.rows * layout.spatial; ++s) {
      for (std::size_t c = 0; c < layout.count; ++c) see(c, values[s * layout.count + c]);
    }
    return;
  }
  for (std::size_t c = 0; c < layout.count; ++c) {
    for (std::size_t row = 0; row < layout.rows; ++row) {
      const std::size_t first = (row * layout.count + c) * layout.spatial;
      for (const float x : values.subspan(first, layout.spatial)) see(c, x);
    }
  }
}

/// Over the finite elements; 0 for a channel that has none. `all_finite`: known to be, which is several times faster.
std::vector<double> means_per_channel(std::span<const float> values, const Channels& layout, bool all_finite) {
  std::vector<double> sums(layout.count, 0.0);
  std::vector<double> finite(layout.count, static_cast<double>(all_finite ? layout.rows * layout.spatial : 0));
  if (all_finite) {
    each_element(values, layout, [&](std::size_t c, float x) { sums[c] += x; });
  } else {
    each_element(values, layout, [&](std::size_t c, float x) {
      if (!(std::abs(x) < kInfinity)) return;
      sums[c] += x;
      finite[c] += 1.0;
    });
  }
  for (std::size_t c = 0; c < layout.count; ++c) sums[c] /= std::max(finite[c], 1.0);
  return sums;
}

}  // namespace

SampleStatistics observed(std::span<const float> values, std::int64_t channels, bool channels_last,
                          bool with_channel_means, std::int64_t rows) {
  SampleStatistics sample;
  learn_extremes(values, sample);
  if (with_channel_means) {
    Channels layout{static_cast<std::size_t>(rows), static_cast<std::size_t>(channels), 0, channels_last};
    layout.spatial = values.size() / std::max<std::size_t>(layout.rows * layout.count, 1);
    sample.channel_means = means_per_channel(values, layout, sample.not_finite == 0);
  }
  return sample;
}

void ValueStatistics::add(const SampleStatistics& sample) {
  not_finite += sample.not_finite;
  if (sample.finite == 0) return;
  min = samples == 0 ? sample.min : std::min(min, sample.min);
  max = samples == 0 ? sample.max : std::max(max, sample.max);
  ++samples;
  const auto move = [this](double& mean, double x) { mean += (x - mean) / static_cast<double>(samples); };
  move(mean_min, sample.min);
  move(mean_max, sample.max);
  move(mean_abs_max, std::max(std::abs(sample.min), std::abs(sample.max)));
  channel_means.resize(std::max(channel_means.size(), sample.channel_means.size()), 0.0);
  for (std::size_t c = 0; c < sample.channel_means.size(); ++c) move(channel_means[c], sample.channel_means[c]);
}

std::vector<std::uint8_t> serialised(const Statistics& statistics) {
  json values = json::object();
  for (const auto& [name, v] : statistics.values) {
    values[name] =
        json::array({v.mean_min, v.mean_max, v.mean_abs_max, v.min, v.max, v.samples, v.not_finite, v.channel_means});
  }
  return json::to_cbor(json{{"layout", kLayout}, {"samples", statistics.samples}, {"values", std::move(values)}});
}

Result<Statistics> parsed_statistics(std::span<const std::uint8_t> bytes) {
  try {
    const json parsed = json::from_cbor(bytes.begin(), bytes.end());
    if (const int layout = parsed.at("layout").get<int>(); layout != kLayout) {
      return fail(Cause::Storage, "calibration statistics of layout {} are newer than this program ({})", layout,
                  kLayout);
    }
    Statistics statistics{parsed.at("samples").get<std::int64_t>(), {}};
    for (const auto& [name, v] : parsed.at("values").items()) {
      statistics.values[name] = {v.at(0).get<double>(),       v.at(1).get<double>(),
                                 v.at(2).get<double>(),       v.at(3).get<float>(),
                                 v.at(4).get<float>(),        v.at(5).get<std::int64_t>(),
                                 v.at(6).get<std::int64_t>(), v.at(7).get<std::vector<double>>()};
    }
    return statistics;
  } catch (const json::exception& error) {
    return fail(Cause::Storage, "calibration statistics are damaged: {}", error.what());
  }
}

}  // namespace quantrail

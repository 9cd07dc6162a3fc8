#include "quantize/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "quantize/aggregators.h"

namespace quantrail {
namespace {

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
    const bool finite_x = std::abs(x) < kBeyondNumbers;  // false for NaN
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
      if (!(std::abs(x) < kBeyondNumbers)) return;
      sums[c] += x;
      finite[c] += 1.0;
    });
  }
  for (std::size_t c = 0; c < layout.count; ++c) sums[c] /= std::max(finite[c], 1.0);
  return sums;
}

constexpr double kChannelOutliers = 1e-4;  // POT's ActivationChannelAlignment
constexpr std::size_t kMostMedians = 300;  // samples whose channel quantiles are kept until the median is taken

std::vector<float> magnitudes_per_channel(std::span<const float> values, const Channels& layout) {
  std::vector<float> largest(layout.count, 0.0F);
  each_element(values, layout, [&](std::size_t c, float x) {
    const float magnitude = std::abs(x);
    if (magnitude < kBeyondNumbers && magnitude > largest[c]) largest[c] = magnitude;
  });
  return largest;
}

void quantiles_per_channel(std::span<const float> values, const Channels& layout, SampleStatistics& sample) {
  std::vector<std::vector<float>> finite(layout.count);
  for (auto& channel : finite) channel.reserve(layout.rows * layout.spatial);
  each_element(values, layout, [&](std::size_t c, float x) {
    if (std::abs(x) < kBeyondNumbers) finite[c].push_back(x);
  });
  for (auto& channel : finite) {
    const bool any = !channel.empty();
    sample.channel_low.push_back(any ? static_cast<float>(quantile_of(channel, kChannelOutliers)) : 0.0F);
    sample.channel_high.push_back(any ? static_cast<float>(quantile_of(channel, 1.0 - kChannelOutliers)) : 0.0F);
  }
}

void learn_quantiles(std::span<const float> values, const std::set<double>& probs, SampleStatistics& sample) {
  std::vector<float> finite;
  finite.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
               [](float x) { return std::abs(x) < kBeyondNumbers; });
  if (finite.empty()) return;
  for (const double p : probs) {
    sample.quantiles[p].low = static_cast<float>(quantile_of(finite, p));
    sample.quantiles[p].high = static_cast<float>(quantile_of(finite, 1.0 - p));
  }
  for (float& x : finite) x = std::abs(x);
  for (const double p : probs) sample.quantiles[p].abs_high = static_cast<float>(quantile_of(finite, 1.0 - p));
}

std::vector<float> medians(const std::vector<std::vector<float>>& samples) {
  std::vector<float> out;
  std::vector<float> channel(samples.size());
  for (std::size_t c = 0; !samples.empty() && c < samples.front().size(); ++c) {
    for (std::size_t s = 0; s < samples.size(); ++s) channel[s] = samples[s][c];
    out.push_back(static_cast<float>(quantile_of(channel, 0.5)));
  }
  return out;
}

}  // namespace

void StatisticsRequest::join(const StatisticsRequest& other) {
  extremes.insert(other.extremes.begin(), other.extremes.end());
  outlier_probs.insert(other.outlier_probs.begin(), other.outlier_probs.end());
  histograms.insert(other.histograms.begin(), other.histograms.end());
  channel_means.insert(other.channel_means.begin(), other.channel_means.end());
  channel_magnitudes.insert(other.channel_magnitudes.begin(), other.channel_magnitudes.end());
  channel_quantiles.insert(other.channel_quantiles.begin(), other.channel_quantiles.end());
  last_axis.insert(other.last_axis.begin(), other.last_axis.end());
}

SampleStatistics observed(std::span<const float> values, ChannelLayout layout, const Learning& learning) {
  SampleStatistics sample;
  learn_extremes(values, sample);
  Channels channels{static_cast<std::size_t>(layout.rows), static_cast<std::size_t>(layout.channels), 0, layout.last};
  channels.spatial = values.size() / std::max<std::size_t>(channels.rows * channels.count, 1);
  if (learning.channel_means) sample.channel_means = means_per_channel(values, channels, sample.not_finite == 0);
  if (learning.channel_magnitudes) sample.channel_magnitudes = magnitudes_per_channel(values, channels);
  if (learning.channel_quantiles) quantiles_per_channel(values, channels, sample);
  if (!learning.outlier_probs.empty()) learn_quantiles(values, learning.outlier_probs, sample);
  return sample;
}

void ValueStatistics::add(const SampleStatistics& sample) {
  not_finite += sample.not_finite;
  elements = std::max(elements, sample.finite + sample.not_finite);
  if (sample.finite == 0) return;
  min = samples == 0 ? sample.min : std::min(min, sample.min);
  max = samples == 0 ? sample.max : std::max(max, sample.max);
  ++samples;
  minima.push_back(sample.min);
  maxima.push_back(sample.max);
  for (const auto& [p, quantile] : sample.quantiles) {
    QuantileSeries& series = quantiles[p];
    series.low.push_back(quantile.low);
    series.high.push_back(quantile.high);
    series.abs_high.push_back(quantile.abs_high);
  }
  channel_means.resize(std::max(channel_means.size(), sample.channel_means.size()), 0.0);
  for (std::size_t c = 0; c < sample.channel_means.size(); ++c) {
    channel_means[c] += (sample.channel_means[c] - channel_means[c]) / static_cast<double>(samples);
  }
  channel_magnitudes.resize(std::max(channel_magnitudes.size(), sample.channel_magnitudes.size()), 0.0F);
  for (std::size_t c = 0; c < sample.channel_magnitudes.size(); ++c) {
    channel_magnitudes[c] = std::max(channel_magnitudes[c], sample.channel_magnitudes[c]);
  }
  if (sample.channel_low.empty() || lows_.size() == kMostMedians) return;
  lows_.push_back(sample.channel_low);
  highs_.push_back(sample.channel_high);
}

void ValueStatistics::finish() {
  channel_low = medians(lows_);
  channel_high = medians(highs_);
  lows_.clear();
  highs_.clear();
}

}  // namespace quantrail

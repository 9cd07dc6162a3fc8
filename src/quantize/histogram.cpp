#include "quantize/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantrail {
namespace {

constexpr std::int64_t kLargestIndex = std::int64_t{1} << 40U;  // indices stay exact in double
constexpr int kLeastExponent = -126;

std::int64_t index_of(double value, int exponent) {
  return static_cast<std::int64_t>(std::floor(std::ldexp(value, -exponent)));
}

/// The least exponent of a width at which [lo, hi] takes no more than the bins that there are. It depends on the
/// indices of the two alone, so that the low ends of their bins will do.
int exponent_for(double lo, double hi) {
  const double magnitude = std::max({std::abs(lo), std::abs(hi), std::numeric_limits<double>::min()});
  int exponent = std::max(kLeastExponent, std::ilogb(magnitude / static_cast<double>(kLargestIndex)) - 1);
  if (hi > lo) exponent = std::max(exponent, std::ilogb((hi - lo) / static_cast<double>(Histogram::kMostBins)) - 1);
  const auto fits = [&] {
    const std::int64_t first = index_of(lo, exponent);
    const std::int64_t last = index_of(hi, exponent);
    return last - first < Histogram::kMostBins && std::max(std::abs(first), std::abs(last)) <= kLargestIndex;
  };
  while (!fits()) ++exponent;
  return exponent;
}

std::int64_t half_of(std::int64_t index) { return index >= 0 ? index / 2 : -((1 - index) / 2); }  // floor

}  // namespace

void Histogram::add(std::span<const float> values) {
  float lo = std::numeric_limits<float>::infinity();
  float hi = -lo;
  for (const float x : values) {
    const bool counts = std::abs(x) < kBeyondNumbers && x != 0.0F;
    lo = counts && x < lo ? x : lo;
    hi = counts && x > hi ? x : hi;
  }
  if (lo <= hi) cover(lo, hi);
  const double scale = std::ldexp(1.0, -exponent_);
  const auto first = static_cast<double>(first_);
  for (const float x : values) {
    if (x == 0.0F) {
      ++zeros_;
    } else if (std::abs(x) < kBeyondNumbers) {
      ++counts_[static_cast<std::size_t>(std::floor(static_cast<double>(x) * scale) - first)];
    }
  }
}

void Histogram::merge(const Histogram& other) {
  zeros_ += other.zeros_;
  if (other.counts_.empty()) return;
  const double last = other.low(other.counts_.size() - 1);
  cover(other.low(0), last);  // any value of a bin is as good as another, since only the index counts
  Histogram scaled = other;
  while (exponent_ < scaled.exponent_) halve_resolution();
  while (scaled.exponent_ < exponent_) scaled.halve_resolution();
  cover(scaled.low(0), scaled.low(scaled.counts_.size() - 1));
  for (std::size_t bin = 0; bin < scaled.counts_.size(); ++bin) {
    counts_[static_cast<std::size_t>(scaled.first_ - first_) + bin] += scaled.counts_[bin];
  }
}

void Histogram::cover(double lo, double hi) {
  if (counts_.empty()) {
    exponent_ = exponent_for(lo, hi);
    first_ = index_of(lo, exponent_);
    counts_.assign(static_cast<std::size_t>(index_of(hi, exponent_) - first_ + 1), 0);
    return;
  }
  const int needed = exponent_for(std::min(lo, low(0)), std::max(hi, low(counts_.size() - 1)));
  while (exponent_ < needed) halve_resolution();
  const std::int64_t before = std::max<std::int64_t>(first_ - index_of(lo, exponent_), 0);
  counts_.insert(counts_.begin(), static_cast<std::size_t>(before), 0);
  first_ -= before;
  const std::int64_t end = std::max(index_of(hi, exponent_) - first_ + 1, static_cast<std::int64_t>(counts_.size()));
  counts_.resize(static_cast<std::size_t>(end), 0);
}

void Histogram::halve_resolution() {
  const std::int64_t first = half_of(first_);
  const std::int64_t last = half_of(first_ + static_cast<std::int64_t>(counts_.size()) - 1);
  std::vector<std::int64_t> joined(static_cast<std::size_t>(last - first + 1), 0);
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    joined[static_cast<std::size_t>(half_of(first_ + static_cast<std::int64_t>(bin)) - first)] += counts_[bin];
  }
  counts_ = std::move(joined);
  first_ = first;
  ++exponent_;
}

std::int64_t Histogram::total() const {
  std::int64_t sum = zeros_;
  for (const std::int64_t count : counts_) sum += count;
  return sum;
}

bool Histogram::is_zero_in_reach() const {
  const auto end = first_ + static_cast<std::int64_t>(counts_.size());
  return counts_.empty() || std::max(std::abs(first_), std::abs(end)) <= kMostBins;
}

Histogram Histogram::with_zero_in_reach() const {
  Histogram wider = *this;
  while (!wider.is_zero_in_reach()) wider.halve_resolution();
  return wider;
}

double Histogram::width() const { return std::ldexp(1.0, exponent_); }
double Histogram::low(std::size_t bin) const {
  return std::ldexp(static_cast<double>(first_ + static_cast<std::int64_t>(bin)), exponent_);
}

double Histogram::quantile(double q) const {
  const double rank = q * static_cast<double>(total());
  double seen = 0.0;
  bool zeros_passed = zeros_ == 0;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    if (!zeros_passed && low(bin) >= 0.0) {
      seen += static_cast<double>(zeros_);
      zeros_passed = true;
      if (seen >= rank) return 0.0;
    }
    if (counts_[bin] == 0) continue;
    const auto here = static_cast<double>(counts_[bin]);
    if (seen + here >= rank) return low(bin) + width() * std::clamp((rank - seen) / here, 0.0, 1.0);
    seen += here;
  }
  return zeros_passed && !counts_.empty() ? low(counts_.size() - 1) + width() : 0.0;
}

double Histogram::abs_quantile(double q) const {
  if (!is_zero_in_reach()) return with_zero_in_reach().abs_quantile(q);
  Histogram magnitudes;
  magnitudes.exponent_ = exponent_;
  magnitudes.zeros_ = zeros_;
  if (!counts_.empty()) {
    const std::int64_t last = first_ + static_cast<std::int64_t>(counts_.size()) - 1;
    magnitudes.counts_.assign(static_cast<std::size_t>(std::max(last, -1 - first_) + 1), 0);
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
      const std::int64_t index = first_ + static_cast<std::int64_t>(bin);
      magnitudes.counts_[static_cast<std::size_t>(index >= 0 ? index : -1 - index)] += counts_[bin];
    }
  }
  return magnitudes.quantile(q);
}

Histogram Histogram::restored(Frame frame, std::vector<std::int64_t> counts) {
  Histogram made;
  made.exponent_ = frame.exponent;
  made.first_ = frame.first;
  made.zeros_ = frame.zeros;
  made.counts_ = std::move(counts);
  return made;
}

}  // namespace quantrail

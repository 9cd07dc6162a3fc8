#include "quantize/aggregators.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/mean.h"

namespace quantrail {
namespace {

double median_of(std::vector<float> values) { return quantile_of(values, 0.5); }

std::vector<float> without_outliers(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  const double lo = quantile_of(sorted, 0.01);
  const double hi = quantile_of(sorted, 0.99);
  std::vector<float> kept;
  for (const float x : values) {
    if (x >= lo && x <= hi) kept.push_back(x);
  }
  return kept.empty() ? std::vector<float>(values.begin(), values.end()) : kept;
}

/// Pairs i < j of the ascending `sorted` with a sum of at most `limit`.
std::size_t pairs_up_to(const std::vector<float>& sorted, double limit) {
  std::size_t count = 0;
  std::size_t end = sorted.size();  // sorted[i] + sorted[end - 1] <= limit, shrinking as i grows
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    while (end > 0 && static_cast<double>(sorted[i]) + sorted[end - 1] > limit) --end;
    if (end > i + 1) count += end - i - 1;
  }
  return count;
}

/// The k-th smallest (from 0) sum of a pair: bisects values, so that memory stays linear.
double pair_sum(const std::vector<float>& sorted, std::size_t k) {
  double lo = 2.0 * sorted.front();
  double hi = 2.0 * sorted.back();
  if (pairs_up_to(sorted, lo) > k) return lo;
  while (true) {  // pairs_up_to(lo) <= k < pairs_up_to(hi)
    const double middle = lo + (hi - lo) / 2.0;
    if (middle <= lo || middle >= hi) return hi;
    (pairs_up_to(sorted, middle) > k ? hi : lo) = middle;
  }
}

double hodges_lehmann(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  if (sorted.size() < 2) return sorted.front();
  const std::size_t pairs = sorted.size() * (sorted.size() - 1) / 2;
  return 0.25 * (pair_sum(sorted, (pairs - 1) / 2) + pair_sum(sorted, pairs / 2));
}

}  // namespace

double quantile_of(std::span<float> values, double q) {
  const double position = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(position));
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), nth, values.end());
  const double fraction = position - static_cast<double>(below);
  if (fraction == 0.0 || below + 1 == values.size()) return *nth;
  return *nth + fraction * (static_cast<double>(*std::min_element(nth + 1, values.end())) - *nth);
}

double aggregated(std::span<const float> values, Aggregator aggregator) {
  switch (aggregator) {
    case Aggregator::Mean: return mean_of(values);
    case Aggregator::Max: return *std::max_element(values.begin(), values.end());
    case Aggregator::Min: return *std::min_element(values.begin(), values.end());
    case Aggregator::Median: return median_of({values.begin(), values.end()});
    case Aggregator::MeanNoOutliers: return mean_of<float>(without_outliers(values));
    case Aggregator::MedianNoOutliers: return median_of(without_outliers(values));
    case Aggregator::HodgesLehmann: return hodges_lehmann(values);
  }
  return 0.0;
}

}  // namespace quantrail

#include "quantize/range_estimates.h"

#include <algorithm>
#include <cmath>

#include "quantize/aggregators.h"
#include "quantize/ranges.h"
#include "quantize/threshold_search.h"

namespace quantrail {
namespace {

constexpr float kShiftBelow = 2.0F / 3.0F;

bool is_quantile(ExtremeType type) { return type == ExtremeType::Quantile || type == ExtremeType::AbsQuantile; }

std::vector<float> magnitudes(const ValueStatistics& seen) {
  std::vector<float> out(seen.minima.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::max(std::abs(seen.minima[i]), std::abs(seen.maxima[i]));
  return out;
}

Aggregator aggregator_of(const ValueStatistics& seen, const EndRule& end, Aggregator furthest) {
  return seen.elements > 0 && seen.elements < end.furthest_below ? furthest : end.aggregator;
}

double statistic(const ValueStatistics& seen, const EndRule& end, bool upper) {
  switch (end.type) {
    case ExtremeType::Min: return aggregated(seen.minima, aggregator_of(seen, end, Aggregator::Min));
    case ExtremeType::Max: return aggregated(seen.maxima, aggregator_of(seen, end, Aggregator::Max));
    case ExtremeType::AbsMax: return aggregated(magnitudes(seen), aggregator_of(seen, end, Aggregator::Max));
    case ExtremeType::Quantile: {
      const QuantileSeries& series = seen.quantiles.at(end.outlier_prob);
      return aggregated(upper ? series.high : series.low, end.aggregator);
    }
    case ExtremeType::AbsQuantile: return aggregated(seen.quantiles.at(end.outlier_prob).abs_high, end.aggregator);
  }
  return 0.0;
}

Interval from_distribution(const ValueStatistics& seen, const ActivationRule& rule, IntervalKind kind) {
  switch (rule.preset) {
    case RangePreset::Percentile: return percentile_interval(seen.histogram, rule.percentile, kind);
    case RangePreset::Entropy: return least_divergence_interval(seen.histogram, kind);
    case RangePreset::Mse: return least_error_interval(seen.histogram, kind);
    default: return {seen.min, seen.max};
  }
}

}  // namespace

RangeEstimate estimated(const ValueStatistics& seen, const ActivationRule& rule) {
  RangeEstimate out;
  if (rule.by_distribution()) {
    out.non_negative = seen.min >= 0.0F;
    const bool one_sided = rule.symmetric && out.non_negative && !rule.is_signed;
    const auto kind = one_sided        ? IntervalKind::NonNegative
                      : rule.symmetric ? IntervalKind::Symmetric
                                       : IntervalKind::Free;
    const Interval chosen = from_distribution(seen, rule, kind);
    out.lo = chosen.lo;
    out.hi = out.magnitude = chosen.hi;
  } else {
    const double min = statistic(seen, rule.min, false);
    const double max = statistic(seen, rule.max, true);
    out.lo = std::min(min, 0.0);
    out.hi = std::max(max, 0.0);
    out.magnitude = max;
    out.non_negative = min >= 0.0;
  }
  const double least = rule.min.clipping_value.value_or(out.lo);
  const double most = rule.max.clipping_value.value_or(std::max(out.hi, out.magnitude));
  out.lo = std::max(out.lo, least);
  out.hi = std::min(out.hi, most);
  out.magnitude = std::min(out.magnitude, most);
  // What is below 0 is clipped: nothing of it needs codes.
  out.non_negative = out.non_negative || (rule.min.clipping_value && out.lo >= 0.0);
  return out;
}

RangeEstimate narrowed(const ValueStatistics& seen, const ActivationRule& rule, Interval told_apart) {
  RangeEstimate out = estimated(seen, rule);
  const double most = rule.max.type == ExtremeType::AbsMax && !rule.by_distribution()
                          ? aggregated(seen.maxima, aggregator_of(seen, rule.max, Aggregator::Max))
                          : static_cast<double>(seen.max);
  out.lo = std::max(out.lo, told_apart.lo);
  out.hi = std::min(out.hi, told_apart.hi);
  out.magnitude = std::min(out.magnitude, std::max(-told_apart.lo, std::min(most, told_apart.hi)));
  out.non_negative = out.non_negative || told_apart.lo >= 0.0;
  return out;
}

ActivationParams activation_params(std::span<const RangeEstimate> estimates, const ActivationRule& rule) {
  RangeEstimate all;
  for (const auto& one : estimates) {
    all.lo = std::min(all.lo, one.lo);
    all.hi = std::max(all.hi, one.hi);
    all.magnitude = std::max(all.magnitude, one.magnitude);
    all.non_negative = all.non_negative && one.non_negative;
  }
  if (!rule.symmetric) return asymmetric_params(all.lo, all.hi);
  const auto symmetric = symmetric_params(all.magnitude, all.non_negative && !rule.is_signed);
  if (!rule.may_shift || symmetric.zero_point == 0) return symmetric;
  const auto shifted = asymmetric_params(all.lo, all.hi);
  return shifted.scale < symmetric.scale * kShiftBelow ? shifted : symmetric;
}

void ask_for(const std::string& value, const ActivationRule& rule, StatisticsRequest& request) {
  request.extremes.insert(value);
  if (rule.by_distribution()) {
    request.histograms.insert(value);
    return;
  }
  for (const EndRule* end : {&rule.min, &rule.max}) {
    if (is_quantile(end->type)) request.outlier_probs.insert(end->outlier_prob);
  }
}

}  // namespace quantrail

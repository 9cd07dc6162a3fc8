#include "quantize/threshold_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace quantrail {
namespace {

double steps_in(IntervalKind kind) { return kind == IntervalKind::Symmetric ? 254.0 : 255.0; }

/// The bins' outer borders, with zero between them.
Interval span_of(const Histogram& values) {
  if (values.counts().empty()) return {};
  return {std::min(values.low(0), 0.0), std::max(values.low(values.counts().size()), 0.0)};
}

Interval full_interval(const Histogram& values, IntervalKind kind) {
  const Interval span = span_of(values);
  switch (kind) {
    case IntervalKind::NonNegative: return {0.0, span.hi};
    case IntervalKind::Symmetric: return {-std::max(span.hi, -span.lo), std::max(span.hi, -span.lo)};
    case IntervalKind::Free: return span;
  }
  return span;
}

/// Sums over bins, up to each border, of 1, c and c^2, where c is the middle of a bin.
class Moments {
 public:
  explicit Moments(const Histogram& values) : values_(values) {
    sums_.emplace_back();
    for (std::size_t bin = 0; bin < values.counts().size(); ++bin) {
      const double c = values.low(bin) + 0.5 * values.width();
      const auto n = static_cast<double>(values.counts()[bin]);
      const Sum& last = sums_.back();
      sums_.push_back({last.n + n, last.c + n * c, last.cc + n * c * c});
    }
  }

  [[nodiscard]] double error(Interval interval, double steps) const {
    const Sum below = sums_[border(interval.lo)];
    const Sum inside = sums_[border(interval.hi)];
    const Sum all = sums_.back();
    const double step = (interval.hi - interval.lo) / steps;
    return (inside.n - below.n) * step * step / 12.0 + distance(below, interval.lo) +
           distance({all.n - inside.n, all.c - inside.c, all.cc - inside.cc}, interval.hi);
  }

 private:
  struct Sum {
    double n = 0.0;
    double c = 0.0;
    double cc = 0.0;
  };

  static double distance(const Sum& outside, double end) {
    return std::max(0.0, outside.cc - 2.0 * end * outside.c + end * end * outside.n);
  }

  /// Bins that end at or below `value`, which is a border.
  [[nodiscard]] std::size_t border(double value) const {
    const double bins = (value - values_.low(0)) / values_.width();
    return static_cast<std::size_t>(std::clamp(std::nearbyint(bins), 0.0, static_cast<double>(sums_.size() - 1)));
  }

  const Histogram& values_;
  std::vector<Sum> sums_{};
};

class Divergence {
 public:
  explicit Divergence(const Histogram& values) : values_(values) {}

  [[nodiscard]] double of(Interval interval, double codes) const {
    const auto first = static_cast<std::int64_t>(std::nearbyint((interval.lo - values_.low(0)) / values_.width()));
    const auto end = static_cast<std::int64_t>(std::nearbyint((interval.hi - values_.low(0)) / values_.width()));
    const auto width = static_cast<std::size_t>(std::max<std::int64_t>(end - first, 1));
    std::vector<double> inside(width, 0.0);  // the values' own distribution
    std::vector<double> with_ends(width, 0.0);
    for (std::size_t bin = 0; bin < values_.counts().size(); ++bin) {
      const auto n = static_cast<double>(values_.counts()[bin]);
      const std::int64_t at = static_cast<std::int64_t>(bin) - first;
      const bool is_inside = at >= 0 && at < static_cast<std::int64_t>(width);
      if (is_inside) inside[static_cast<std::size_t>(at)] += n;
      with_ends[static_cast<std::size_t>(std::clamp<std::int64_t>(at, 0, static_cast<std::int64_t>(width) - 1))] += n;
    }
    return divergence(with_ends, spread_over_codes(inside, codes));
  }

 private:
  static std::vector<double> spread_over_codes(const std::vector<double>& inside, double codes) {
    const auto bins = static_cast<double>(inside.size());
    const auto code_of = [&](std::size_t bin) { return std::floor(static_cast<double>(bin) * codes / bins); };
    std::vector<double> spread(inside.size(), 0.0);
    for (std::size_t begin = 0; begin < inside.size();) {
      std::size_t end = begin;
      double sum = 0.0;
      double holding = 0.0;
      for (; end < inside.size() && code_of(end) == code_of(begin); ++end) {
        sum += inside[end];
        holding += inside[end] > 0.0 ? 1.0 : 0.0;
      }
      for (; begin < end; ++begin) spread[begin] = inside[begin] > 0.0 ? sum / holding : 0.0;
    }
    return spread;
  }

  static double divergence(const std::vector<double>& p, const std::vector<double>& q) {
    double all_p = 0.0;
    double all_q = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) all_p += p[i], all_q += q[i];
    if (all_q <= 0.0) return std::numeric_limits<double>::infinity();
    const double least = 1e-4 / static_cast<double>(p.size());  // so that an end that only clipped values have counts
    double sum = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double share_p = p[i] / all_p;
      if (share_p > 0.0) sum += share_p * std::log(share_p / std::max(q[i] / all_q, least));
    }
    return sum;
  }

  const Histogram& values_;
};

/// `candidate(i)` for i in [1, count], the first of those with the least `cost`.
template <class Candidate, class Cost>
Interval best_of(std::size_t count, const Candidate& candidate, const Cost& cost) {
  Interval best = candidate(count);
  double least = cost(best);
  for (std::size_t i = count - 1; i > 0; --i) {
    const Interval here = candidate(i);
    if (const double cost_here = cost(here); cost_here < least) best = here, least = cost_here;
  }
  return best;
}

/// Candidates for an end at share i / count of `end`, on a bin border, and the least of them first.
struct Ends {
  double width = 1.0;
  std::size_t count = 128;
  double least_share = 0.0;
  [[nodiscard]] double at(double end, std::size_t i) const {
    const double share = least_share + (1.0 - least_share) * static_cast<double>(i) / static_cast<double>(count);
    const double bins = std::max(1.0, std::nearbyint(std::abs(end) * share / width));
    return end == 0.0 ? 0.0 : std::copysign(bins * width, end);
  }
};

template <class Cost>
Interval searched(const Histogram& values, IntervalKind kind, const Ends& ends, std::size_t rounds, const Cost& cost) {
  const Interval full = full_interval(values, kind);
  if (kind == IntervalKind::NonNegative) {
    return best_of(
        ends.count,
        [&](std::size_t i) {
          return Interval{0.0, ends.at(full.hi, i)};
        },
        cost);
  }
  if (kind == IntervalKind::Symmetric) {
    return best_of(
        ends.count,
        [&](std::size_t i) {
          return Interval{-ends.at(full.hi, i), ends.at(full.hi, i)};
        },
        cost);
  }
  Interval best = full;
  for (std::size_t round = 0; round < rounds; ++round) {
    const Interval before = best;
    best = best_of(
        ends.count,
        [&](std::size_t i) {
          return Interval{best.lo, ends.at(full.hi, i)};
        },
        cost);
    best = best_of(
        ends.count,
        [&](std::size_t i) {
          return Interval{ends.at(full.lo, i), best.hi};
        },
        cost);
    if (best == before) break;
  }
  return best;
}

}  // namespace

Interval percentile_interval(const Histogram& values, double percentile, IntervalKind kind) {
  if (values.counts().empty()) return {};
  const double outside = (100.0 - percentile) / 100.0;
  if (kind == IntervalKind::NonNegative) return {0.0, std::max(values.quantile(1.0 - outside), 0.0)};
  if (kind == IntervalKind::Free) {
    return {std::min(values.quantile(outside / 2.0), 0.0), std::max(values.quantile(1.0 - outside / 2.0), 0.0)};
  }
  const double magnitude = values.abs_quantile(1.0 - outside);
  return {-magnitude, magnitude};
}

Interval least_error_interval(const Histogram& seen, IntervalKind kind) {
  if (seen.counts().empty()) return {};
  const Histogram values = seen.with_zero_in_reach();
  const Moments moments(values);
  const double steps = steps_in(kind);
  const Ends ends{.width = values.width(), .count = static_cast<std::size_t>(Histogram::kMostBins)};
  return searched(values, kind, ends, 8, [&](Interval interval) { return moments.error(interval, steps); });
}

Interval least_divergence_interval(const Histogram& seen, IntervalKind kind) {
  if (seen.counts().empty()) return {};
  const Histogram values = seen.with_zero_in_reach();
  const Divergence divergence(values);
  const double codes = steps_in(kind) + 1.0;
  const Ends ends{.width = values.width(), .count = 128, .least_share = 1.0 / 16.0};
  return searched(values, kind, ends, 2, [&](Interval interval) { return divergence.of(interval, codes); });
}

}  // namespace quantrail

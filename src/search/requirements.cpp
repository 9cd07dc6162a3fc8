#include "search/requirements.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "search/drop.h"

namespace quantrail {
namespace {

/// Precondition: the limit does not hold.
double share_beyond(const Baseline& baseline, const Drops& drops, const std::string& metric) {
  return 1.0 - baseline.limits.at(metric) / drops.at(metric);
}

std::string largest(const std::vector<std::string>& order, const std::function<double(const std::string&)>& badness) {
  std::string worst = order.front();
  for (const auto& metric : order) {
    if (badness(metric) > badness(worst)) worst = metric;
  }
  return worst;
}

}  // namespace

bool holds(const Baseline& baseline, const Drops& drops, const std::string& metric) {
  const auto drop = drops.find(metric);
  return drop != drops.end() && within(drop->second, baseline.limits.at(metric), baseline.metrics.at(metric));
}

bool all_within(const Baseline& baseline, const Drops& drops) {
  return std::all_of(baseline.limits.begin(), baseline.limits.end(),
                     [&](const auto& limit) { return holds(baseline, drops, limit.first); });
}

std::string furthest_out(const std::vector<std::string>& order, const Baseline& baseline, const Drops& drops) {
  return largest(order, [&](const std::string& metric) {
    return holds(baseline, drops, metric) ? -1.0 : share_beyond(baseline, drops, metric);
  });
}

std::string furthest_out_as_pot(const std::vector<std::string>& order, const Baseline& baseline, const Drops& drops) {
  return largest(order, [&](const std::string& metric) {
    return (drops.at(metric) - baseline.limits.at(metric)) / baseline.metrics.at(metric);
  });
}

std::vector<Shortfall> shortfalls(const Baseline& baseline, const std::vector<const Drops*>& models) {
  std::vector<Shortfall> out(models.size());
  for (const auto& [metric, limit] : baseline.limits) {
    std::vector<double> excess;
    double scale = 0.0;
    for (const auto* drops : models) {
      excess.push_back(holds(baseline, *drops, metric) ? 0.0 : drops->at(metric) - limit);
      if (std::isfinite(excess.back())) scale = std::max(scale, excess.back());
    }
    for (std::size_t at = 0; at < models.size(); ++at) {
      if (!(excess[at] > 0.0)) continue;
      out[at].share = std::max(out[at].share, share_beyond(baseline, *models[at], metric));
      out[at].excess = std::max(out[at].excess, std::isfinite(excess[at]) ? excess[at] / scale : excess[at]);
    }
  }
  return out;
}

}  // namespace quantrail

#include "tracking/run_metrics.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace quantrail::tracking {
namespace {

std::optional<double> value_in(const std::map<std::string, double>& values, const std::string& metric) {
  const auto found = values.find(metric);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::vector<std::string> metrics_of(const RunDetails& run) {
  std::set<std::string> names;
  if (run.baseline) {
    for (const auto& [name, limit] : run.baseline->limits) names.insert(name);
  }
  for (const auto& it : run.iterations) {
    for (const auto& [name, drop] : it.drops) names.insert(name);
  }
  names.erase(run.summary.metric);
  std::vector<std::string> metrics(names.begin(), names.end());
  if (!run.summary.metric.empty()) metrics.insert(metrics.begin(), run.summary.metric);
  return metrics;
}

RunDetails in_metric(RunDetails run, const std::string& metric) {
  const auto metrics = metrics_of(run);
  const bool measured = std::find(metrics.begin(), metrics.end(), metric) != metrics.end();
  RunSummary& summary = run.summary;
  summary.metric = measured ? metric : "";
  summary.float_metric = run.baseline ? value_in(run.baseline->metrics, metric) : std::nullopt;
  summary.quantized = summary.best = summary.drop = std::nullopt;
  for (auto& it : run.iterations) {
    const auto value = value_in(it.metrics, metric);
    const auto drop = value_in(it.drops, metric);
    it.drop = drop.value_or(std::numeric_limits<double>::quiet_NaN());
    if (it.index == 0) summary.quantized = value;
    if (it.index != summary.best_iteration) continue;
    summary.best = value;
    summary.drop = drop;
  }
  return run;
}

}  // namespace quantrail::tracking

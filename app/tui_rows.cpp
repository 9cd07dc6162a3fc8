#include "app/tui_rows.h"

#include <fmt/format.h>

#include <limits>

#include "app/open_store.h"

namespace quantrail::app {
namespace {

tui::IterationRow iteration_row(const IterationRecord& it, const std::string& metric) {
  const auto value = it.metrics.find(metric);
  return {it.index,
          std::string(quantrail::name_of(it.kind)),
          it.changed_layers,
          it.reverted_layers,
          value == it.metrics.end() ? std::numeric_limits<double>::quiet_NaN() : value->second,
          it.drop,
          it.accepted,
          it.int8_macs_share,
          static_cast<std::int64_t>(it.size_bytes)};
}

}  // namespace

tui::RunRow run_row(const tracking::RunSummary& run) {
  tui::RunRow row;
  row.id = run.id;
  row.name = run.name;
  row.state = tracking::name_of(run.state);
  row.outcome = run.outcome ? quantrail::name_of(*run.outcome) : "";
  row.reason = run.reason;
  row.model = run.model;
  row.metric = run.metric;
  row.float_value = run.float_metric;
  row.quantized = run.quantized;
  row.best = run.best;
  row.drop = run.drop;
  row.reverted = run.reverted;
  row.iterations = run.iterations;
  row.created = time_text(run.created_ms);
  return row;
}

tui::RunDetail run_detail(const tracking::RunDetails& details) {
  tui::RunDetail out;
  out.run = run_row(details.summary);
  if (details.lease) {
    out.run.step = details.lease->step;
    out.run.done = details.lease->done;
    out.run.total = details.lease->total;
  }
  if (out.run.reason.empty() && details.result) out.run.reason = details.result->explanation;
  const std::string& metric = details.summary.metric;
  if (details.baseline) {
    const auto limit = details.baseline->limits.find(metric);
    if (limit != details.baseline->limits.end()) out.limit = limit->second;
  }
  for (const auto& it : details.iterations) out.iterations.push_back(iteration_row(it, metric));
  if (!details.rankings.empty()) {
    for (const auto& score : details.rankings.back().scores)
      out.ranking.push_back({score.group, score.score, score.distance});
  }
  for (const auto& event : details.events)
    out.log.push_back(fmt::format("{} {}", time_text(event.at_ms).substr(11, 8), event.text));
  return out;
}

}  // namespace quantrail::app

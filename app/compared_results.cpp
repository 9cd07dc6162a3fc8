#include "app/compared_results.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "app/numbers.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

using tracking::RunDetails;

std::string seconds_text(const RunDetails& run) {
  if (!run.started_ms || !run.ended_ms) return "-";
  return duration_text(static_cast<double>(*run.ended_ms - *run.started_ms) / 1000.0);
}

/// For programs: every digit, and nothing where there is none.
std::string digits(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
}

}  // namespace

std::vector<ComparedResult> result_rows(const std::vector<RunDetails>& runs, bool whole) {
  const auto number = whole ? digits : decimals;
  std::vector<ComparedResult> lines;
  const auto line = [&](std::string title, const auto& text_of) {
    auto& made = lines.emplace_back(ComparedResult{std::move(title), {}});
    for (const auto& run : runs) made.texts.push_back(text_of(run));
  };
  line("state", [](const RunDetails& run) {
    const auto& summary = run.summary;
    return summary.outcome && summary.targeted ? std::string(quantrail::name_of(*summary.outcome))
                                               : std::string(tracking::name_of(summary.state));
  });
  line("metric",
       [](const RunDetails& run) { return run.summary.metric.empty() ? "not measured" : run.summary.metric; });
  line("float", [number](const RunDetails& run) { return number(run.summary.float_metric); });
  line("quantized", [number](const RunDetails& run) { return number(run.summary.quantized); });
  line("best", [number](const RunDetails& run) { return number(run.summary.best); });
  line("drop", [number](const RunDetails& run) { return number(run.summary.drop); });
  line("may drop by", [number](const RunDetails& run) {
    if (!run.baseline) return std::string("-");
    const auto limit = run.baseline->limits.find(run.summary.metric);
    return limit == run.baseline->limits.end() ? std::string("-") : number(limit->second);
  });
  std::set<std::string> further;
  for (const auto& run : runs) {
    if (!run.baseline) continue;
    for (const auto& [metric, limit] : run.baseline->limits) {
      if (metric != run.summary.metric) further.insert(metric);
    }
  }
  for (const auto& metric : further) {
    line("drop, " + metric, [&](const RunDetails& run) {
      const auto best = run.summary.best_iteration;
      if (!best || static_cast<std::size_t>(*best) >= run.iterations.size()) return std::string("-");
      const auto& drops = run.iterations[static_cast<std::size_t>(*best)].drops;
      const auto drop = drops.find(metric);
      return drop == drops.end() ? std::string("-") : number(drop->second);
    });
  }
  line("layers float", [](const RunDetails& run) { return std::to_string(run.summary.reverted); });
  line("MiB", [](const RunDetails& run) {
    return run.summary.size_bytes ? fmt::format("{:.2f}", mebibytes(*run.summary.size_bytes)) : "-";
  });
  line("speed-up",
       [](const RunDetails& run) { return run.summary.speed_up ? fmt::format("{:.2f}", *run.summary.speed_up) : "-"; });
  line("iterations", [](const RunDetails& run) { return std::to_string(run.summary.iterations); });
  line("evaluations", [](const RunDetails& run) {
    return run.result ? fmt::format("{} ({} reused)", run.result->evaluations, run.result->reused) : "-";
  });
  line("attempts", [](const RunDetails& run) { return std::to_string(run.attempts.size()); });
  line("time", seconds_text);
  return lines;
}

std::string layer_state(const std::optional<bool>& is_float) {
  if (!is_float) return "-";
  return *is_float ? "float" : "int8";
}

}  // namespace quantrail::app

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/iteration_words.h"
#include "app/numbers.h"
#include "app/open_store.h"
#include "app/records_json.h"
#include "app/show_text.h"
#include "app/silence.h"
#include "app/table.h"
#include "base/text.h"
#include "config/config.h"
#include "tracking/run_fields.h"
#include "tracking/run_metrics.h"

namespace quantrail::app {
namespace {

/// Besides the optimised one, which is the summary's.
std::vector<std::string> further_metrics(const tracking::RunDetails& details) {
  auto metrics = tracking::metrics_of(details);
  std::erase(metrics, details.summary.metric);
  return metrics;
}

std::string number_of(const std::map<std::string, double>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? "-" : decimals(found->second);
}

/// For programs: every digit, and nothing where there is none.
std::string digits_of(const std::map<std::string, double>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() || !std::isfinite(found->second) ? "" : fmt::format("{}", found->second);
}

std::string verdict_of(const tracking::RunDetails& details, const IterationRecord& it) {
  return details.summary.best_iteration == it.index ? "best" : verdict_in_words(it);
}

/// With columns for each metric.
std::string iteration_table(const tracking::RunDetails& details) {
  const auto further = further_metrics(details);
  std::vector<std::string> titles{"it", "kind", "changed"};
  std::vector<Align> aligned{Align::Right, Align::Left, Align::Left};
  std::vector<std::string> metrics{details.summary.metric};
  metrics.insert(metrics.end(), further.begin(), further.end());
  for (const auto& metric : metrics) {
    titles.insert(titles.end(), {further.empty() ? "metric" : printable(metric), "drop"});
    aligned.insert(aligned.end(), {Align::Right, Align::Right});
  }
  titles.insert(titles.end(), {"", "int8 MACs", "MiB", "float layers"});
  aligned.insert(aligned.end(), {Align::Left, Align::Right, Align::Right, Align::Right});
  std::vector<std::vector<std::string>> rows;
  for (const auto& it : details.iterations) {
    auto& row = rows.emplace_back(std::vector<std::string>{
        std::to_string(it.index), std::string(quantrail::name_of(it.kind)), changed_in_words(it)});
    for (const auto& metric : metrics) {
      row.insert(row.end(), {number_of(it.metrics, metric), number_of(it.drops, metric)});
    }
    row.push_back(verdict_of(details, it));
    row.insert(row.end(), {fmt::format("{:.1f} %", it.int8_macs_share * 100),
                           fmt::format("{:.2f}", mebibytes(it.size_bytes)), std::to_string(it.reverted_layers.size())});
  }
  return table(titles, rows, aligned);
}

/// Stable but for columns behind: those of further metrics.
std::string iteration_csv(const tracking::RunDetails& details) {
  const auto further = further_metrics(details);
  std::vector<std::string> titles{"iteration",       "kind", "changed",      "metric",      "drop",      "note",
                                  "int8_macs_share", "mib",  "float_layers", "metric_name", "size_bytes"};
  for (const auto& metric : further) titles.insert(titles.end(), {metric, metric + " drop"});
  std::vector<std::vector<std::string>> rows;
  for (const auto& it : details.iterations) {
    const std::string& metric = details.summary.metric;
    auto& row = rows.emplace_back(std::vector<std::string>{
        std::to_string(it.index), std::string(quantrail::name_of(it.kind)), joined(it.changed_layers, ", "),
        digits_of(it.metrics, metric), digits_of(it.drops, metric), verdict_of(details, it)});
    row.insert(row.end(), {fmt::format("{}", it.int8_macs_share), fmt::format("{:.6f}", mebibytes(it.size_bytes)),
                           std::to_string(it.reverted_layers.size()), metric, std::to_string(it.size_bytes)});
    for (const auto& one : further) row.insert(row.end(), {digits_of(it.metrics, one), digits_of(it.drops, one)});
  }
  return csv(titles, rows);
}

/// "accuracy@top1, float 0.9435, may drop by 0.0100"
std::string metric_line(const Baseline& baseline, const std::string& metric, bool given) {
  const auto limit = baseline.limits.find(metric);
  return fmt::format("{}, float {}{}{}", printable(metric), number_of(baseline.metrics, metric),
                     given ? " (baseline_value)" : "",
                     limit == baseline.limits.end() ? "" : fmt::format(", may drop by {}", decimals(limit->second)));
}

std::string state_line(const tracking::RunDetails& details) {
  const auto& summary = details.summary;
  std::string line{tracking::name_of(summary.state)};
  if (summary.outcome && summary.targeted) line += fmt::format(", {}", quantrail::name_of(*summary.outcome));
  if (!summary.reason.empty()) line += fmt::format(" ({})", printable(summary.reason));
  if (details.lease && tracking::is_live(summary.state) && details.lease->total > 0) {
    line += fmt::format(": {} {}/{}", printable(details.lease->step), details.lease->done, details.lease->total);
  }
  if (details.lease && summary.state == tracking::RunState::Queued && !details.lease->step.empty())
    line += ": " + printable(details.lease->step);
  if (details.lease && tracking::is_live(summary.state)) {
    if (const auto silence = silence_text(*details.lease); !silence.empty()) line += "; " + silence;
  }
  return line;
}

/// The metrics, a line each, and where their values come from.
std::string metric_lines(const tracking::RunDetails& details) {
  const auto config = parse_config(details.config_json, "/", "the run's configuration", {});
  const auto given = [&](const std::string& metric) {
    if (!config) return false;
    const auto& targets = config->compression.accuracy_aware.metrics;
    return std::any_of(targets.begin(), targets.end(),
                       [&](const auto& target) { return target.baseline_value && target.name == metric; });
  };
  std::string lines;
  for (const auto& metric : tracking::metrics_of(details)) {
    lines +=
        fmt::format("{:<8}{}\n", lines.empty() ? "metric" : "", metric_line(*details.baseline, metric, given(metric)));
  }
  if (config && config->compression.accuracy_aware.annotation_free)
    lines += "labels  predicted by the float model: accuracy is agreement with it\n";
  return lines;
}

int print_config(const tracking::RunDetails& details, Format format) {
  if (format == Format::Json) {
    fmt::print("{}\n", details.config_json);
    return kDone;
  }
  const auto origins = tracking::flattened_settings(details.origins_json);
  const auto origin_of = [&](const std::string& path) {
    // The paths of the origins are keys themselves, and flattening leaves them as they are.
    const auto found = origins.find(path);
    return found == origins.end() ? std::string("default") : found->second == "set" ? "--set" : found->second;
  };
  std::vector<std::vector<std::string>> rows;
  for (const auto& [path, value] : tracking::flattened_settings(details.config_json))
    rows.push_back({path, value, origin_of(path)});
  const std::vector<std::string> titles{"setting", "value", "from"};
  fmt::print("{}", format == Format::Csv ? csv(titles, rows) : table(titles, rows, {}));
  return kDone;
}

const IterationRecord* best_of(const tracking::RunDetails& details) {
  for (const auto& it : details.iterations) {
    if (details.summary.best_iteration == it.index) return &it;
  }
  return nullptr;
}

}  // namespace

std::string show_text(const tracking::RunDetails& details) {
  const auto& summary = details.summary;
  std::string out = fmt::format("run {} {}: {}\n", summary.id, printable(summary.name), state_line(details));
  if (summary.trashed_ms) out += fmt::format("in the trash; `quantrail undo {}` takes it out\n", summary.id);
  if (details.parent_run) {
    out += details.parent_iteration
               ? fmt::format("branched off run {} at iteration {}\n", *details.parent_run, *details.parent_iteration)
               : fmt::format("with the configuration of run {}\n", *details.parent_run);
  }
  if (!summary.tags.empty()) out += fmt::format("tags    {}\n", printable(joined(summary.tags, " ")));
  if (!summary.note.empty()) out += fmt::format("note    {}\n", printable(summary.note));
  // Else a command of --notify that failed would be told in the log alone.
  if (!details.events.empty() && details.events.back().level == "warning")
    out += fmt::format("warning {}\n", printable(details.events.back().text));
  if (details.result)
    out += fmt::format("{}{}\n", printable(details.result->explanation), speed_words(*details.result));
  out +=
      fmt::format("model   {} ({})\n", printable(details.model_path.string()), details.model_hash.hex().substr(0, 12));
  if (details.baseline && !summary.metric.empty()) out += metric_lines(details);
  if (!details.iterations.empty()) out += "\n" + iteration_table(details);
  const IterationRecord* best = best_of(details);
  if (best == nullptr) return out;
  if (!best->reverted_layers.empty())
    out += fmt::format("\nfloat in the best model: {}\n", printable(joined(best->reverted_layers, ", ")));
  if (!best->float_in_onnxruntime.empty()) {
    out += fmt::format("int8 here, float in ONNX Runtime (their result is also needed in float): {}\n",
                       printable(joined(best->float_in_onnxruntime, ", ")));
  }
  return out;
}

int run(const Options& options, const ShowCommand& command) {
  auto named = named_run(options, command.run, tracking::Store::Mode::Read);
  if (!named) return complained(named.error());
  const auto details = named->runs.show(named->id);
  if (!details) return complained(details.error());
  if (command.config) return print_config(*details, command.format);
  switch (command.format) {
    case Format::Json: fmt::print("{}\n", show_json(*details)); break;
    case Format::Csv: fmt::print("{}", iteration_csv(*details)); break;
    case Format::Text: fmt::print("{}", show_text(*details)); break;
  }
  return kDone;
}

}  // namespace quantrail::app

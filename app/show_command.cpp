#include <fmt/format.h>

#include <chrono>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/iteration_words.h"
#include "app/numbers.h"
#include "app/open_store.h"
#include "app/records_json.h"
#include "app/show_text.h"
#include "app/table.h"
#include "base/text.h"
#include "config/config.h"
#include "tracking/run_fields.h"

namespace quantrail::app {
namespace {

const std::vector<std::string> kTitles{"it", "kind",      "changed", "metric",      "drop",
                                       "",   "int8 MACs", "MiB",     "float layers"};

/// `changed`: how to say what a step changed.
template <class Changed>
std::vector<std::vector<std::string>> rows_of(const tracking::RunDetails& details, const Changed& changed) {
  std::vector<std::vector<std::string>> rows;
  const std::string& metric = details.summary.metric;
  for (const auto& it : details.iterations) {
    const auto value = it.metrics.find(metric);
    const bool best = details.summary.best_iteration == it.index;
    rows.push_back({std::to_string(it.index), std::string(quantrail::name_of(it.kind)), changed(it),
                    value == it.metrics.end() ? "-" : decimals(value->second),
                    it.drops.empty() ? "-" : decimals(it.drop), best ? "best" : verdict_in_words(it),
                    fmt::format("{:.1f} %", it.int8_macs_share * 100),
                    fmt::format("{:.2f}", static_cast<double>(it.size_bytes) / 1048576.0),
                    std::to_string(it.reverted_layers.size())});
  }
  return rows;
}

constexpr double kSilent = 30.0;

double seconds_since(std::int64_t ms) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now - std::chrono::milliseconds(ms)).count();
}

std::string state_line(const tracking::RunDetails& details) {
  const auto& summary = details.summary;
  std::string line{tracking::name_of(summary.state)};
  if (summary.outcome) line += fmt::format(", {}", quantrail::name_of(*summary.outcome));
  if (!summary.reason.empty()) line += fmt::format(" ({})", printable(summary.reason));
  if (details.lease && tracking::is_live(summary.state) && details.lease->total > 0) {
    line += fmt::format(": {} {}/{}", printable(details.lease->step), details.lease->done, details.lease->total);
  }
  if (details.lease && summary.state == tracking::RunState::Queued && !details.lease->step.empty())
    line += ": " + printable(details.lease->step);
  if (details.lease && tracking::is_live(summary.state)) {
    const double silent = seconds_since(details.lease->worker.beat_ms);
    if (silent > kSilent) {
      line += fmt::format("; no sign of life for {}, though process {} is there", duration_text(silent),
                          details.lease->worker.pid);
    }
  }
  return line;
}

bool has_predicted_labels(const tracking::RunDetails& details) {
  const auto config = parse_config(details.config_json, "/", "the run's configuration", {});
  return config && config->compression.accuracy_aware.annotation_free;
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
    out += fmt::format("branched off run {}{}\n", *details.parent_run,
                       details.parent_iteration ? fmt::format(" at iteration {}", *details.parent_iteration) : "");
  }
  if (!summary.tags.empty()) out += fmt::format("tags    {}\n", printable(joined(summary.tags, " ")));
  if (!summary.note.empty()) out += fmt::format("note    {}\n", printable(summary.note));
  if (details.result)
    out += fmt::format("{}{}\n", printable(details.result->explanation), speed_words(*details.result));
  out +=
      fmt::format("model   {} ({})\n", printable(details.model_path.string()), details.model_hash.hex().substr(0, 12));
  if (details.baseline && !summary.metric.empty()) {
    const auto limit = details.baseline->limits.find(summary.metric);
    out +=
        fmt::format("metric  {}, float {}{}\n", printable(summary.metric), decimals(summary.float_metric),
                    limit == details.baseline->limits.end() ? "" : fmt::format(", may drop by {:.4f}", limit->second));
    if (has_predicted_labels(details)) out += "labels  predicted by the float model: accuracy is agreement with it\n";
  }
  if (!details.iterations.empty()) {
    const auto right = Align::Right;
    const auto left = Align::Left;
    out += "\n" + table(kTitles, rows_of(details, changed_in_words),
                        {right, left, left, right, right, left, right, right, right});
  }
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
    case Format::Csv:
      fmt::print("{}", csv({"iteration", "kind", "changed", "metric", "drop", "note", "int8_macs_share", "mib",
                            "float_layers"},
                           rows_of(*details, [](const auto& it) { return joined(it.changed_layers, ", "); })));
      break;
    case Format::Text: fmt::print("{}", show_text(*details)); break;
  }
  return kDone;
}

}  // namespace quantrail::app

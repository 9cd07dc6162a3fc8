#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/compared_results.h"
#include "app/exit_code.h"
#include "app/numbers.h"
#include "app/open_store.h"
#include "app/table.h"
#include "base/text.h"
#include "tracking/comparison.h"

namespace quantrail::app {
namespace {

using nlohmann::json;
using tracking::Comparison;
using tracking::RunDetails;

constexpr std::size_t kShownPoints = 20;
constexpr std::size_t kWidestValue = 40;

std::string shortened(const std::string& text) {
  if (text.size() <= kWidestValue) return text;
  return text.substr(0, kWidestValue - 3) + "...";
}

std::vector<std::string> heads(const std::vector<RunDetails>& runs, std::string first) {
  std::vector<std::string> titles{std::move(first)};
  for (const auto& run : runs) titles.push_back(fmt::format("{} {}", run.summary.id, run.summary.name));
  return titles;
}

std::vector<std::vector<std::string>> setting_rows(const Comparison& comparison, bool all, bool whole) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& setting : comparison.settings) {
    if (!setting.differs && !all) continue;
    std::vector<std::string> row{(setting.measuring && setting.differs && !whole ? "! " : "") + setting.key};
    for (const auto& value : setting.values) row.push_back(whole ? value.value_or("") : shortened(value.value_or("-")));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::vector<std::string>> result_table(const std::vector<RunDetails>& runs, bool whole) {
  std::vector<std::vector<std::string>> rows;
  for (auto& line : result_rows(runs, whole)) {
    rows.push_back({std::move(line.title)});
    rows.back().insert(rows.back().end(), line.texts.begin(), line.texts.end());
  }
  return rows;
}

/// The points to choose from, smallest drop first.
void print_front(const std::vector<RunDetails>& runs, const Comparison& comparison) {
  std::vector<const tracking::ComparedPoint*> front;
  for (const auto& point : comparison.points) {
    if (point.front) front.push_back(&point);
  }
  if (front.size() < 2) return;
  const auto metric_of = [&](const tracking::ComparedPoint& point) { return runs[point.run].summary.metric; };
  std::stable_sort(front.begin(), front.end(), [&](const auto* a, const auto* b) {
    return std::pair(metric_of(*a), a->drop) < std::pair(metric_of(*b), b->drop);
  });
  const bool alike = metric_of(*front.front()) == metric_of(*front.back());
  std::vector<std::vector<std::string>> rows;
  for (std::size_t at = 0; at < std::min(front.size(), kShownPoints); ++at) {
    const auto& point = *front[at];
    rows.push_back({fmt::format("{}@{}", runs[point.run].summary.id, point.iteration),
                    (alike ? "" : metric_of(point) + " ") + decimals(point.metric), decimals(point.drop),
                    fmt::format("{:.2f}", mebibytes(point.size_bytes)),
                    fmt::format("{:.1f} %", point.int8_macs_share * 100)});
  }
  const auto right = Align::Right;
  fmt::print("\nworth choosing between (none is better in everything):\n{}",
             table({"RUN@IT", "metric", "drop", "MiB", "int8 MACs"}, rows, {Align::Left, right, right, right, right}));
  if (front.size() > kShownPoints) fmt::print("and {} more; --json has them all\n", front.size() - kShownPoints);
}

void print_layers(const std::vector<RunDetails>& runs, const Comparison& comparison, bool all) {
  std::vector<std::vector<std::string>> rows;
  std::size_t equal = 0;
  for (const auto& layer : comparison.layers) {
    if (!layer.differs && !all) {
      ++equal;
      continue;
    }
    std::vector<std::string> row{layer.layer};
    for (const auto& is_float : layer.is_float) row.push_back(layer_state(is_float));
    rows.push_back(std::move(row));
  }
  if (rows.empty() && equal == 0) return;
  fmt::print("\n");
  if (!rows.empty()) fmt::print("{}", table(heads(runs, "layer"), rows, {}));
  if (equal > 0) fmt::print("{} layers are float in all of them\n", equal);
}

void print_text(const std::vector<RunDetails>& runs, const Comparison& comparison, bool all) {
  const auto settings = setting_rows(comparison, all, false);
  if (settings.empty()) {
    fmt::print("the same configuration, model, data and machine\n");
  } else {
    fmt::print("{}", table(heads(runs, all ? "setting" : "what differs"), settings, {}));
  }
  const auto equal = std::count_if(comparison.settings.begin(), comparison.settings.end(),
                                   [](const auto& setting) { return !setting.differs; });
  if (!all) fmt::print("{} equal settings are not shown (--all)\n", equal);
  fmt::print("\n{}", table(heads(runs, ""), result_table(runs, false), {}));
  print_front(runs, comparison);
  print_layers(runs, comparison, all);
  for (const auto& warning : comparison.warnings) fmt::print("! {}\n", printable(warning));
}

json as_json(const std::vector<RunDetails>& runs, const Comparison& comparison) {
  json out{{"runs", json::array()},
           {"settings", json::array()},
           {"points", json::array()},
           {"layers", json::array()},
           {"warnings", comparison.warnings}};
  const auto optional = [](const auto& value) { return value ? json(*value) : json(nullptr); };
  for (const auto& run : runs) {
    const auto& summary = run.summary;
    out["runs"].push_back({{"id", summary.id},
                           {"name", summary.name},
                           {"state", tracking::name_of(summary.state)},
                           {"outcome", summary.outcome ? json(quantrail::name_of(*summary.outcome)) : json(nullptr)},
                           {"metric", summary.metric},
                           {"float", optional(summary.float_metric)},
                           {"quantized", optional(summary.quantized)},
                           {"best", optional(summary.best)},
                           {"drop", optional(summary.drop)},
                           {"best_iteration", optional(summary.best_iteration)},
                           {"reverted", summary.reverted},
                           {"size_bytes", optional(summary.size_bytes)},
                           {"speed_up", optional(summary.speed_up)}});
  }
  for (const auto& setting : comparison.settings) {
    json values = json::array();
    for (const auto& value : setting.values) values.push_back(optional(value));
    out["settings"].push_back({{"key", setting.key},
                               {"values", std::move(values)},
                               {"differs", setting.differs},
                               {"measuring", setting.measuring}});
  }
  for (const auto& point : comparison.points) {
    out["points"].push_back({{"run", runs[point.run].summary.id},
                             {"iteration", point.iteration},
                             {"metric", point.metric},
                             {"drop", point.drop},
                             {"int8_macs_share", point.int8_macs_share},
                             {"size_bytes", point.size_bytes},
                             {"accepted", point.accepted},
                             {"front", point.front}});
  }
  for (const auto& layer : comparison.layers) {
    json is_float = json::array();
    for (const auto& one : layer.is_float) is_float.push_back(one ? json(*one) : json(nullptr));
    out["layers"].push_back({{"layer", layer.layer}, {"float", std::move(is_float)}, {"differs", layer.differs}});
  }
  return out;
}

Result<std::vector<RunDetails>> named_runs(const Options& options, const CompareCommand& command) {
  const auto store = opened_store(options, tracking::Store::Mode::Read);
  if (!store) return failed(store);
  auto runs = tracking::Runs::open(*store);
  if (!runs) return failed(runs);
  std::vector<RunDetails> all;
  for (const auto& name : command.runs) {
    const auto id = runs->find(name);
    if (!id) return failed(id);
    auto details = runs->show(*id);
    if (!details) return failed(details);
    for (const auto& other : all) {
      if (other.summary.id == *id) return fail(Cause::InvalidInput, "run {} is named twice", *id);
    }
    all.push_back(std::move(*details));
  }
  if (all.size() < 2) return fail(Cause::InvalidInput, "compare: name at least two runs");
  return all;
}

}  // namespace

int run(const Options& options, const CompareCommand& command) {
  const auto runs = named_runs(options, command);
  if (!runs) return complained(runs.error());
  const Comparison comparison = tracking::compared(*runs);
  if (command.format == Format::Json) {
    fmt::print("{}\n", as_json(*runs, comparison).dump(2, ' ', false, json::error_handler_t::replace));
  } else if (command.format == Format::Csv) {
    auto rows = setting_rows(comparison, command.all, true);
    for (auto& row : result_table(*runs, true)) rows.push_back(std::move(row));
    fmt::print("{}", csv(heads(*runs, "key"), rows));
  } else {
    print_text(*runs, comparison, command.all);
  }
  return kDone;
}

}  // namespace quantrail::app

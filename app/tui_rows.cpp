#include "app/tui_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/compared_results.h"
#include "app/iteration_words.h"
#include "app/numbers.h"
#include "app/open_store.h"
#include "app/pick.h"
#include "app/silence.h"
#include "base/text.h"
#include "base/time_text.h"
#include "search/requirements.h"
#include "tracking/run_fields.h"
#include "tracking/run_metrics.h"

namespace quantrail::app {
namespace {

tui::IterationRow iteration_row(const IterationRecord& it, const tracking::RunDetails& details) {
  const std::string& metric = details.summary.metric;
  const auto value = it.metrics.find(metric);
  return {it.index,
          std::string(quantrail::name_of(it.kind)),
          it.changed_layers,
          it.reverted_layers,
          value == it.metrics.end() ? std::numeric_limits<double>::quiet_NaN() : value->second,
          it.drops.empty() ? std::numeric_limits<double>::quiet_NaN() : it.drop,
          it.accepted,
          it.int8_macs_share,
          static_cast<std::int64_t>(it.size_bytes),
          it.seconds,
          it.metrics.size() > 1 ? measured_in_words(it) : "",
          details.baseline && !details.baseline->limits.empty() && all_within(*details.baseline, it.drops)};
}

tui::Ranking ranking_row(const RankingRecord& ranking) {
  tui::Ranking out{ranking.after_iteration, static_cast<std::int64_t>(ranking.subset_size), {}, ranking.metric};
  for (const auto& score : ranking.scores) {
    out.scores.push_back({joined(score.layers, " + "), score.score, score.distance, score.float_macs,
                          static_cast<std::int64_t>(score.samples), score.layers});
  }
  return out;
}

/// A drop is how much worse: which way that is follows from any iteration that is not the same as float.
bool higher_is_better(const tracking::RunDetails& details) {
  if (!details.summary.float_metric) return true;
  for (const auto& it : details.iterations) {
    const auto value = it.metrics.find(details.summary.metric);
    if (value == it.metrics.end() || it.drop == 0.0 || value->second == *details.summary.float_metric) continue;
    return (*details.summary.float_metric > value->second) == (it.drop > 0.0);
  }
  return true;
}

std::vector<tui::SettingRow> setting_rows(const tracking::RunDetails& details) {
  const auto origins = nlohmann::json::parse(details.origins_json, nullptr, false);
  std::vector<tui::SettingRow> rows;
  for (const auto& [key, value] : tracking::flattened_settings(details.config_json)) {
    const bool known = origins.is_object() && origins.contains(key) && origins[key].is_string();
    const std::string origin = known ? origins[key].get<std::string>() : "";
    rows.push_back({key, value, origin == "default" ? "" : origin});
  }
  return rows;
}

std::string clock_text(std::int64_t ms) { return local_text(ms).substr(11); }
std::string date_text(std::int64_t ms) { return local_text(ms).substr(0, 10); }

using Timed = std::vector<std::pair<std::int64_t, tui::LogRow>>;

void add_results(Timed& timed, const tracking::RunDetails& details) {
  const auto add = [&](std::int64_t ms, std::string text) {
    timed.emplace_back(ms, tui::LogRow{clock_text(ms), "info", std::move(text)});
  };
  for (std::size_t at = 0; at < std::min(details.iterations.size(), details.iterations_ms.size()); ++at) {
    const auto& it = details.iterations[at];
    const std::string changed = it.changed_layers.empty() ? "" : " " + changed_in_words(it);
    const std::string verdict = verdict_in_words(it);
    add(details.iterations_ms[at], fmt::format("iteration {}: {}{}: {}{}", it.index, quantrail::name_of(it.kind),
                                               changed, measured_in_words(it), verdict.empty() ? "" : ", " + verdict));
  }
  for (std::size_t at = 0; at < std::min(details.rankings.size(), details.rankings_ms.size()); ++at) {
    const auto& ranking = details.rankings[at];
    add(details.rankings_ms[at],
        fmt::format("ranking {}: {} groups on {} samples, best {}", ranking.index, ranking.scores.size(),
                    ranking.subset_size, ranking.scores.empty() ? "none" : ranking.scores.front().group));
  }
}

/// What was recorded, with the comings and goings of workers between.
std::vector<tui::LogRow> log_rows(const tracking::RunDetails& details) {
  Timed timed;
  add_results(timed, details);
  int number = 0;
  for (const auto& attempt : details.attempts) {
    ++number;
    timed.emplace_back(attempt.started_ms, tui::LogRow{clock_text(attempt.started_ms), "info",
                                                       fmt::format("attempt {} begins: process {} on {}", number,
                                                                   attempt.pid, attempt.host)});
    if (!attempt.ended_ms) continue;
    std::string text = fmt::format("attempt {} ended: {}", number, attempt.ended_as);
    if (!attempt.reason.empty()) text += ", " + attempt.reason;
    const std::string level = attempt.ended_as == "failed" ? "error" : attempt.ended_as == "lost" ? "warning" : "info";
    timed.emplace_back(*attempt.ended_ms, tui::LogRow{clock_text(*attempt.ended_ms), level, text});
  }
  for (const auto& event : details.events)
    timed.emplace_back(event.at_ms, tui::LogRow{clock_text(event.at_ms), event.level, event.text});
  std::stable_sort(timed.begin(), timed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<tui::LogRow> rows;
  std::string day;
  for (auto& [at, row] : timed) {
    if (std::string today = date_text(at); today != day) rows.push_back({"", "info", day = std::move(today)});
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> fact_lines(const tracking::RunDetails& details) {
  std::vector<std::string> lines;
  if (!details.summary.note.empty()) lines.push_back("note     " + details.summary.note);
  lines.push_back(
      fmt::format("model    {} (sha256 {})", details.model_path.string(), details.model_hash.hex().substr(0, 12)));
  for (const auto& data : details.data) {
    const std::string samples = data.samples > 0 ? fmt::format("{} samples ", data.samples) : "";
    lines.push_back(fmt::format("{:<8} {}(sha256 {})", data.role, samples, data.fingerprint.hex().substr(0, 12)));
  }
  if (details.lease) {
    lines.push_back(fmt::format("worker   process {} on {}, beat {}", details.lease->worker.pid,
                                details.lease->worker.host, details.lease->beat));
  }
  const auto environment = nlohmann::json::parse(details.environment_json, nullptr, false);
  if (environment.is_object() && !environment.empty()) {
    std::string machine = "machine ";
    for (const auto* key : {"cpu", "instruction_set", "backend", "version", "threads"}) {
      if (!environment.contains(key)) continue;
      const auto& value = environment[key];
      machine +=
          fmt::format(" {},", value.is_string() ? value.get<std::string>() : fmt::format("{} {}", value.dump(), key));
    }
    if (machine.ends_with(',')) machine.pop_back();
    lines.push_back(std::move(machine));
  }
  if (details.result)
    lines.push_back(fmt::format("asked    {} evaluations, {} of them from the store", details.result->evaluations,
                                details.result->reused));
  return lines;
}

std::optional<double> limit_of(const tracking::RunDetails& details) {
  if (!details.baseline) return std::nullopt;
  const auto limit = details.baseline->limits.find(details.summary.metric);
  return limit == details.baseline->limits.end() ? std::nullopt : std::optional(limit->second);
}

/// "drop 0.0212 of 0.0100 map@50", of the best iteration. Precondition: `metric` is the summary's.
std::string told_of(const tracking::RunDetails& details, const std::string& metric) {
  const auto limit = limit_of(details);
  return fmt::format("drop {}{} {}", decimals(details.summary.drop), limit ? " of " + decimals(limit) : "", metric);
}

/// Of the metric that is nearest to its limit or furthest out, where there are several.
std::string tightest(const tracking::RunDetails& details) {
  const auto best = details.summary.best_iteration;
  if (!best || !details.baseline || details.baseline->limits.size() < 2) return "";
  const auto it = std::find_if(details.iterations.begin(), details.iterations.end(),
                               [&](const IterationRecord& one) { return one.index == *best; });
  if (it == details.iterations.end()) return "";
  const auto& drops = it->drops;
  std::string tightest;
  double furthest = -std::numeric_limits<double>::infinity();
  for (const auto& [metric, limit] : details.baseline->limits) {
    const auto drop = drops.find(metric);
    if (drop == drops.end() || !(drop->second - limit > furthest)) continue;
    furthest = drop->second - limit;
    tightest = metric;
  }
  return tightest.empty() ? "" : told_of(tracking::in_metric(details, tightest), tightest);
}

std::optional<tui::Step> step_of(const std::optional<tracking::LeaseRecord>& lease) {
  if (!lease) return std::nullopt;
  return tui::Step{lease->step, lease->unit, lease->done, lease->total, lease->rate, silence_text(*lease)};
}

}  // namespace

std::string minute_text(std::int64_t ms) { return local_text(ms).substr(0, 16); }

tui::RunRow run_row(const tracking::RunSummary& run) {
  tui::RunRow row;
  row.id = run.id;
  row.name = run.name;
  row.state = tracking::name_of(run.state);
  row.trashed = run.trashed_ms.has_value();
  row.outcome = run.outcome && run.targeted ? quantrail::name_of(*run.outcome) : "";
  row.reason = run.reason;
  row.model = run.model;
  row.metric = run.metric;
  row.float_value = run.float_metric;
  row.quantized = run.quantized;
  row.best = run.best;
  row.drop = run.drop;
  row.best_iteration = run.best_iteration;
  row.reverted = run.reverted;
  row.iterations = run.iterations;
  row.created = minute_text(run.created_ms);
  row.note = run.note;
  row.tags = run.tags;
  row.starred = run.starred;
  row.speed_up = run.speed_up;
  row.parent = run.parent;
  return row;
}

tui::RunRow run_row(const tracking::RunSummary& run, const std::optional<tracking::LeaseRecord>& lease) {
  tui::RunRow row = run_row(run);
  row.step = step_of(lease);
  row.pausing = run.state == tracking::RunState::Running && lease && lease->pause_asked;
  return row;
}

tui::RunDetail run_detail(const tracking::RunDetails& run, const std::string& asked) {
  tui::RunDetail out;
  out.metrics = tracking::metrics_of(run);
  const bool measured_in = std::find(out.metrics.begin(), out.metrics.end(), asked) != out.metrics.end();
  const std::string metric = measured_in ? asked : "";
  const tracking::RunDetails details = measured_in ? tracking::in_metric(run, metric) : run;
  out.run = run_row(details.summary, details.lease);
  if (out.run.reason.empty() && details.result) out.run.reason = details.result->explanation;
  out.limit = limit_of(details);
  out.tightest = metric.empty() ? tightest(details) : told_of(details, metric);
  out.higher_is_better = higher_is_better(details);
  for (const auto& it : details.iterations) out.iterations.push_back(iteration_row(it, details));
  for (const auto& ranking : details.rankings) out.rankings.push_back(ranking_row(ranking));
  out.settings = setting_rows(details);
  out.log = log_rows(details);
  out.facts = fact_lines(details);
  const bool measured = std::any_of(run.iterations.begin(), run.iterations.end(),
                                    [](const IterationRecord& it) { return !it.drops.empty(); });
  for (const auto* rule : {"best", "smallest", "fastest"}) {
    if (!measured) break;  // nothing to choose by
    if (const auto iteration = picked(run, rule)) out.picks[rule] = *iteration;
  }
  return out;
}

tui::Comparison comparison_rows(std::vector<tracking::RunDetails> runs, const std::string& metric) {
  tui::Comparison out;
  for (auto& run : runs) {
    for (const auto& name : tracking::metrics_of(run)) {
      if (std::find(out.metrics.begin(), out.metrics.end(), name) == out.metrics.end()) out.metrics.push_back(name);
    }
    if (!metric.empty()) run = tracking::in_metric(std::move(run), metric);
  }
  const auto compared = tracking::compared(runs);
  for (const auto& run : runs) {
    out.runs.push_back(run_row(run.summary, run.lease));
    out.limits.push_back(limit_of(run));
  }
  for (const auto& setting : compared.settings) {
    tui::ComparedRow row{setting.key, {}, setting.differs, setting.measuring};
    for (const auto& value : setting.values) row.values.push_back(value.value_or("-"));
    out.settings.push_back(std::move(row));
  }
  for (auto& result : result_rows(runs, false)) {
    tui::ComparedRow row{std::move(result.title), std::move(result.texts)};
    row.differs = std::adjacent_find(row.values.begin(), row.values.end(), std::not_equal_to<>()) != row.values.end();
    out.results.push_back(std::move(row));
  }
  for (const auto& point : compared.points) {
    out.points.push_back({point.run, point.iteration, point.metric, point.drop, point.int8_macs_share,
                          static_cast<std::int64_t>(point.size_bytes), point.float_layers, point.accepted,
                          point.front});
  }
  for (const auto& layer : compared.layers) {
    tui::ComparedRow row{layer.layer, {}, layer.differs};
    for (const auto& is_float : layer.is_float) row.values.emplace_back(layer_state(is_float));
    out.layers.push_back(std::move(row));
  }
  out.warnings = compared.warnings;
  return out;
}

}  // namespace quantrail::app

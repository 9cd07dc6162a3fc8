#include "app/records_json.h"

#include <nlohmann/json.hpp>

#include "base/time_text.h"

namespace quantrail::app {
namespace {

using nlohmann::json;

json optional_json(const auto& value) { return value ? json(*value) : json(nullptr); }

json optional_time(const std::optional<std::int64_t>& ms) { return ms ? json(utc_text(*ms)) : json(nullptr); }

json parsed_or_text(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? json(text) : value;
}

std::string dumped(const json& value) { return value.dump(2, ' ', false, json::error_handler_t::replace); }

json summary_json(const tracking::RunSummary& run) {
  return {{"id", run.id},
          {"name", run.name},
          {"state", tracking::name_of(run.state)},
          {"reason", run.reason},
          {"outcome", run.outcome ? json(quantrail::name_of(*run.outcome)) : json(nullptr)},
          {"model", run.model},
          {"metric", run.metric},
          {"float", optional_json(run.float_metric)},
          {"quantized", optional_json(run.quantized)},
          {"best", optional_json(run.best)},
          {"drop", run.best ? optional_json(run.drop) : json(nullptr)},
          {"best_iteration", optional_json(run.best_iteration)},
          {"reverted", run.reverted},
          {"iterations", run.iterations},
          {"created", utc_text(run.created_ms)},
          {"size_bytes", optional_json(run.size_bytes)},
          {"speed_up", optional_json(run.speed_up)},
          {"parent", optional_json(run.parent)},
          {"after", optional_json(run.start_after)},
          {"starred", run.starred},
          {"trashed", optional_time(run.trashed_ms)},
          {"note", run.note},
          {"tags", run.tags}};
}

json attempt_json(const tracking::AttemptRecord& attempt) {
  return {{"id", attempt.id},
          {"host", attempt.host},
          {"pid", attempt.pid},
          {"started", utc_text(attempt.started_ms)},
          {"ended", optional_time(attempt.ended_ms)},
          {"ended_as", attempt.ended_as},
          {"reason", attempt.reason},
          {"log", attempt.log_path}};
}

json run_json(const tracking::RunDetails& details) {
  json run = summary_json(details.summary);
  run["config"] = parsed_or_text(details.config_json);
  run["origins"] = parsed_or_text(details.origins_json);
  run["environment"] = parsed_or_text(details.environment_json);
  run["attempts"] = json::array();
  for (const auto& attempt : details.attempts) run["attempts"].push_back(attempt_json(attempt));
  run["model_path"] = details.model_path.string();
  run["model_hash"] = details.model_hash.hex();
  run["parent_iteration"] = optional_json(details.parent_iteration);
  run["notify"] = details.notify;
  run["started"] = optional_time(details.started_ms);
  run["ended"] = optional_time(details.ended_ms);
  run["explanation"] = details.result ? details.result->explanation : "";
  run["baseline"] = json::object();
  if (details.baseline)
    run["baseline"] = {{"metrics", details.baseline->metrics}, {"limits", details.baseline->limits}};
  run["data"] = json::array();
  for (const auto& data : details.data) {
    run["data"].push_back({{"role", data.role}, {"fingerprint", data.fingerprint.hex()}, {"samples", data.samples}});
  }
  if (details.lease) {
    run["progress"] = {{"step", details.lease->step},   {"done", details.lease->done},
                       {"total", details.lease->total}, {"unit", details.lease->unit},
                       {"rate", details.lease->rate},   {"pid", details.lease->worker.pid}};
  }
  return run;
}

json iteration_json(const IterationRecord& it) {
  return {{"index", it.index},
          {"kind", quantrail::name_of(it.kind)},
          {"changed_layers", it.changed_layers},
          {"reverted_layers", it.reverted_layers},
          {"metrics", it.metrics},
          {"drops", it.drops},
          {"drop", it.drops.empty() ? json(nullptr) : json(it.drop)},
          {"accepted", it.accepted},
          {"int8_macs_share", it.int8_macs_share},
          {"size_bytes", it.size_bytes},
          {"snapshot_hash", it.snapshot_hash.hex()},
          {"quantization", it.quantization.hex()},
          {"float_in_onnxruntime", it.float_in_onnxruntime},
          {"seconds", it.seconds}};
}

json ranking_json(const RankingRecord& ranking) {
  json scores = json::array();
  for (const auto& score : ranking.scores) {
    scores.push_back({{"layers", score.layers},
                      {"score", score.score},
                      {"distance", score.distance},
                      {"float_macs", score.float_macs},
                      {"samples", score.samples},
                      {"behind", score.behind ? json(*score.behind) : json(nullptr)}});
  }
  return {{"index", ranking.index},
          {"after_iteration", ranking.after_iteration},
          {"metric", ranking.metric},
          {"subset_size", ranking.subset_size},
          {"scores", std::move(scores)}};
}

}  // namespace

std::string list_json(const std::vector<tracking::RunFacts>& runs) {
  json out = json::array();
  for (const auto& facts : runs) out.push_back(summary_json(facts.run));
  return dumped(out);
}

std::string views_json(const std::vector<tracking::View>& views) {
  json out = json::array();
  for (const auto& view : views) {
    out.push_back({{"view", view.name},
                   {"filter", view.query.filter},
                   {"sort", view.query.sort},
                   {"columns", view.query.columns}});
  }
  return dumped(out);
}

std::string show_json(const tracking::RunDetails& details) {
  json iterations = json::array();
  for (const auto& it : details.iterations) iterations.push_back(iteration_json(it));
  json rankings = json::array();
  for (const auto& ranking : details.rankings) rankings.push_back(ranking_json(ranking));
  json events = json::array();
  for (const auto& event : details.events) {
    events.push_back({{"at", utc_text(event.at_ms)}, {"level", event.level}, {"text", event.text}});
  }
  const RunResult result = details.result.value_or(RunResult{});
  return dumped({{"run", run_json(details)},
                 {"iterations", std::move(iterations)},
                 {"rankings", std::move(rankings)},
                 {"events", std::move(events)},
                 {"evaluations", {{"total", result.evaluations}, {"reused", result.reused}}}});
}

std::string origins_json(const Config& config) {
  return json(config.origins).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string ranking_record_json(const RankingRecord& ranking) { return dumped(ranking_json(ranking)); }

std::string sidecar_json(const tracking::RunDetails& details, const IterationRecord& iteration) {
  return dumped({{"run", details.summary.id},
                 {"name", details.summary.name},
                 {"model", details.summary.model},
                 {"model_hash", details.model_hash.hex()},
                 {"iteration", iteration_json(iteration)}});
}

}  // namespace quantrail::app

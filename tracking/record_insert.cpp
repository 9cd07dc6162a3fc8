#include <limits>

#include "tracking/name_rows.h"
#include "tracking/record_rows.h"
#include "tracking/statement.h"

namespace quantrail::tracking {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();  // stored as NULL

Status insert_values(Database& database, std::int64_t run_id, std::int64_t number, std::string_view kind,
                     const std::map<std::string, double>& values) {
  for (const auto& [name, value] : values) {
    auto inserted =
        run(database, "INSERT INTO iteration_values(run_id, number, kind, name, value) VALUES(?1, ?2, ?3, ?4, ?5)",
            {run_id, number, kind, std::string_view(name), value});
    if (!inserted) return inserted;
  }
  return {};
}

Status insert_score(Database& database, std::int64_t run_id, std::int64_t number, std::int64_t position,
                    const LayerScore& score) {
  const auto& [group, layers, value, distance, float_macs, samples, behind] = score;
  auto inserted = run(database,
                      "INSERT INTO ranking_scores(run_id, number, position, group_name, score, distance, float_macs, "
                      "samples, behind) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                      {run_id, number, position, std::string_view(group), value, distance, float_macs,
                       static_cast<std::int64_t>(samples), behind.value_or(kNan)});
  if (!inserted) return inserted;
  std::int64_t layer_position = 0;
  for (const auto& layer : layers) {
    inserted =
        run(database,
            "INSERT INTO ranking_layers(run_id, number, position, layer_position, layer) VALUES(?1, ?2, ?3, ?4, ?5)",
            {run_id, number, position, layer_position++, std::string_view(layer)});
    if (!inserted) return inserted;
  }
  return {};
}

}  // namespace

Status insert_iteration(Database& database, std::int64_t run_id, std::int64_t attempt, const IterationRecord& iteration,
                        std::int64_t now_ms) {
  const auto names = inserted_names(database, run_id, iteration);
  if (!names) return failed(names);
  // Names every field: one that is added must be stored, too.
  const auto& [index, kind, changed, reverted, groups, metrics, drops, drop, accepted, macs_share, size, snapshot,
               quantization, float_in_ort, seconds] = iteration;
  auto inserted = run(
      database,
      "INSERT INTO iterations(run_id, number, attempt_id, kind, metric_drop, accepted, int8_macs_share, size_bytes, "
      "snapshot_hash, quantization, seconds, recorded_ms, lists, reverted) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
      {run_id, index, attempt, name_of(kind), drop, static_cast<std::int64_t>(accepted), macs_share,
       static_cast<std::int64_t>(size), snapshot.bytes, quantization.bytes, seconds, now_ms, *names,
       static_cast<std::int64_t>(reverted.size())});
  (void)changed, (void)groups, (void)float_in_ort;  // in `names`
  return inserted.and_then([&] { return insert_values(database, run_id, index, "metric", metrics); }).and_then([&] {
    return insert_values(database, run_id, index, "drop", drops);
  });
}

Status insert_ranking(Database& database, std::int64_t run_id, const RankingRecord& ranking, std::int64_t now_ms) {
  const auto& [index, after, metric, subset_size, scores] = ranking;
  auto inserted = run(database,
                      "INSERT INTO rankings(run_id, number, after_iteration, metric, subset_size, recorded_ms) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                      {run_id, index, after, std::string_view(metric), static_cast<std::int64_t>(subset_size), now_ms});
  if (!inserted) return inserted;
  std::int64_t position = 0;
  for (const auto& score : scores) {
    if (auto added = insert_score(database, run_id, index, position++, score); !added) return added;
  }
  return {};
}

Status insert_baseline(Database& database, std::int64_t run_id, const Baseline& baseline) {
  const auto& [metrics, limits, optimised] = baseline;
  const auto insert = [&](std::string_view kind, const std::map<std::string, double>& values) -> Status {
    for (const auto& [name, value] : values) {
      auto inserted = run(database, "INSERT INTO baseline_values(run_id, kind, name, value) VALUES(?1, ?2, ?3, ?4)",
                          {run_id, kind, std::string_view(name), value});
      if (!inserted) return inserted;
    }
    return {};
  };
  auto updated = run(database, "UPDATE runs SET optimised = ?2 WHERE id = ?1", {run_id, std::string_view(optimised)});
  return updated.and_then([&] { return insert("metric", metrics); }).and_then([&] { return insert("limit", limits); });
}

Status insert_result(Database& database, std::int64_t run_id, const RunResult& result, std::int64_t now_ms) {
  const auto& [outcome, best, explanation, evaluations, reused, speed_up] = result;
  return run(database,
             "UPDATE runs SET state = 'done', reason = '', outcome = ?2, best = ?3, "
             "best_drop = (SELECT metric_drop FROM iterations WHERE run_id = ?1 AND number = ?3), explanation = ?4, "
             "evaluations = ?5, reused = ?6, ended_ms = ?7, speed_up = ?8 WHERE id = ?1",
             {run_id, name_of(outcome), best, std::string_view(explanation), static_cast<std::int64_t>(evaluations),
              static_cast<std::int64_t>(reused), now_ms, speed_up.value_or(kNan)});
}

}  // namespace quantrail::tracking

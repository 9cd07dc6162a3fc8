#include "tracking/record_rows.h"

#include "tracking/name_rows.h"
#include "tracking/statement.h"

namespace quantrail::tracking {
namespace {

IterationRecord iteration_from(const Row& row) {
  return IterationRecord{.index = row.integer(0),
                         .kind = iteration_kind(row.text(1)).value_or(IterationKind::Quantized),
                         .drop = row.real(2),
                         .accepted = row.integer(3) != 0,
                         .int8_macs_share = row.real(4),
                         .size_bytes = static_cast<std::uint64_t>(row.integer(5)),
                         .snapshot_hash = row.digest(6),
                         .quantization = row.digest(7),
                         .seconds = row.real(8)};
}

/// The record of `number` in records that were read in order, without gaps; null when there is none.
template <class Record>
Record* numbered(std::vector<Record>& records, std::int64_t number) {
  if (records.empty()) return nullptr;
  const std::int64_t at = number - records.front().index;
  if (at < 0 || at >= static_cast<std::int64_t>(records.size())) return nullptr;
  return &records[static_cast<std::size_t>(at)];
}

LayerScore* placed(RankingRecord* ranking, std::int64_t position) {
  if (ranking == nullptr || position < 0 || position >= static_cast<std::int64_t>(ranking->scores.size()))
    return nullptr;
  return &ranking->scores[static_cast<std::size_t>(position)];
}

}  // namespace

Result<std::vector<IterationRecord>> read_iterations(Database& database, std::int64_t run, std::int64_t from,
                                                     std::int64_t to) {
  std::vector<IterationRecord> iterations;
  auto read = each_row(
      database,
      "SELECT number, kind, metric_drop, accepted, int8_macs_share, size_bytes, snapshot_hash, quantization, seconds "
      "FROM iterations WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 ORDER BY number",
      {run, from, to}, [&](const Row& row) { iterations.push_back(iteration_from(row)); });
  if (!read) return failed(read);
  read = each_row(
      database, "SELECT number, kind, name, value FROM iteration_values WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3",
      {run, from, to}, [&](const Row& row) {
        auto* iteration = numbered(iterations, row.integer(0));
        if (iteration == nullptr) return;
        auto& values = row.text(1) == "metric" ? iteration->metrics : iteration->drops;
        values[row.text(2)] = row.real(3);
      });
  if (!read) return failed(read);
  if (auto named = read_names(database, run, iterations); !named) return failed(named);
  return iterations;
}

Result<std::vector<RankingRecord>> read_rankings(Database& database, std::int64_t run, std::int64_t from,
                                                 std::int64_t to) {
  std::vector<RankingRecord> rankings;
  auto read = each_row(database,
                       "SELECT number, after_iteration, metric, subset_size FROM rankings "
                       "WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 ORDER BY number",
                       {run, from, to}, [&](const Row& row) {
                         rankings.push_back({.index = row.integer(0),
                                             .after_iteration = row.integer(1),
                                             .metric = row.text(2),
                                             .subset_size = static_cast<std::size_t>(row.integer(3))});
                       });
  if (!read) return failed(read);
  read = each_row(database,
                  "SELECT number, group_name, score, distance, float_macs, samples, behind FROM ranking_scores "
                  "WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 ORDER BY number, position",
                  {run, from, to}, [&](const Row& row) {
                    auto* ranking = numbered(rankings, row.integer(0));
                    if (ranking == nullptr) return;
                    // Before schema version 2 every layer was measured on the whole subset.
                    const auto samples =
                        row.is_null(5) ? ranking->subset_size : static_cast<std::size_t>(row.integer(5));
                    ranking->scores.push_back({.group = row.text(1),
                                               .score = row.real(2),
                                               .distance = row.real(3),
                                               .float_macs = row.integer(4),
                                               .samples = samples});
                    if (!row.is_null(6)) ranking->scores.back().behind = row.real(6);
                  });
  if (!read) return failed(read);
  read = each_row(database,
                  "SELECT number, position, layer FROM ranking_layers WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 "
                  "ORDER BY number, position, layer_position",
                  {run, from, to}, [&](const Row& row) {
                    auto* score = placed(numbered(rankings, row.integer(0)), row.integer(1));
                    if (score != nullptr) score->layers.push_back(row.text(2));
                  });
  if (!read) return failed(read);
  return rankings;
}

Result<std::optional<Baseline>> read_baseline(Database& database, std::int64_t run) {
  std::optional<Baseline> baseline;
  auto read = each_row(database, "SELECT optimised FROM runs WHERE id = ?1 AND optimised IS NOT NULL", {run},
                       [&](const Row& row) { baseline = Baseline{.optimised = row.text(0)}; });
  if (!read) return failed(read);
  if (!baseline) return baseline;
  read =
      each_row(database, "SELECT kind, name, value FROM baseline_values WHERE run_id = ?1", {run}, [&](const Row& row) {
        auto& values = row.text(0) == "metric" ? baseline->metrics : baseline->limits;
        values[row.text(1)] = row.real(2);
      });
  if (!read) return failed(read);
  return baseline;
}

Result<std::optional<RunResult>> read_result(Database& database, std::int64_t run) {
  std::optional<RunResult> result;
  auto read = each_row(database,
                       "SELECT outcome, best, explanation, evaluations, reused, speed_up FROM runs WHERE id = ?1 AND "
                       "outcome IS NOT NULL",
                       {run}, [&](const Row& row) {
                         result = RunResult{.outcome = outcome(row.text(0)).value_or(Outcome::NotMet),
                                            .best = row.integer(1),
                                            .explanation = row.text(2),
                                            .evaluations = static_cast<std::size_t>(row.integer(3)),
                                            .reused = static_cast<std::size_t>(row.integer(4))};
                         if (!row.is_null(5)) result->speed_up = row.real(5);
                       });
  if (!read) return failed(read);
  return result;
}

}  // namespace quantrail::tracking

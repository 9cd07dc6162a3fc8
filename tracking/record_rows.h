#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "run/records.h"
#include "tracking/database.h"

namespace quantrail::tracking {

// A run's records as rows. Reads want to be inside one transaction; inserts must be.

/// Iterations numbered `from` to `to`, in order.
[[nodiscard]] Result<std::vector<IterationRecord>> read_iterations(Database& database, std::int64_t run,
                                                                   std::int64_t from, std::int64_t to);
[[nodiscard]] Result<std::vector<RankingRecord>> read_rankings(Database& database, std::int64_t run, std::int64_t from,
                                                               std::int64_t to);
/// Nothing before the float model was evaluated.
[[nodiscard]] Result<std::optional<Baseline>> read_baseline(Database& database, std::int64_t run);
/// Nothing before the run is done.
[[nodiscard]] Result<std::optional<RunResult>> read_result(Database& database, std::int64_t run);

[[nodiscard]] Status insert_iteration(Database& database, std::int64_t run, std::int64_t attempt,
                                      const IterationRecord& iteration, std::int64_t now_ms);
[[nodiscard]] Status insert_ranking(Database& database, std::int64_t run, const RankingRecord& ranking,
                                    std::int64_t now_ms);
[[nodiscard]] Status insert_baseline(Database& database, std::int64_t run, const Baseline& baseline);
[[nodiscard]] Status insert_result(Database& database, std::int64_t run, const RunResult& result, std::int64_t now_ms);

}  // namespace quantrail::tracking

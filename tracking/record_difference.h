#pragma once

#include <optional>
#include <string>

#include "run/records.h"

namespace quantrail::tracking {

/// What differs first between a record in the store and the same record of a replay, as "field: stored, now"; nothing
/// when they agree. Numbers are compared exactly, and NaN equals NaN. Measured times and how much was answered from
/// memory may differ.
[[nodiscard]] std::optional<std::string> difference(const IterationRecord& stored, const IterationRecord& now);
[[nodiscard]] std::optional<std::string> difference(const RankingRecord& stored, const RankingRecord& now);
[[nodiscard]] std::optional<std::string> difference(const Baseline& stored, const Baseline& now);
[[nodiscard]] std::optional<std::string> difference(const RunResult& stored, const RunResult& now);

}  // namespace quantrail::tracking

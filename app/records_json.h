#pragma once

#include <string>

#include "config/config.h"
#include "tracking/run_fields.h"
#include "tracking/run_query.h"

namespace quantrail::app {

// The JSON that others rely on: snake_case, additions only. NaN and infinity become null.

[[nodiscard]] std::string list_json(const std::vector<tracking::RunFacts>& runs);
[[nodiscard]] std::string views_json(const std::vector<tracking::View>& views);
[[nodiscard]] std::string show_json(const tracking::RunDetails& details);
[[nodiscard]] std::string origins_json(const Config& config);
[[nodiscard]] std::string ranking_record_json(const RankingRecord& ranking);
/// What --sidecar writes beside an exported file.
[[nodiscard]] std::string sidecar_json(const tracking::RunDetails& details, const IterationRecord& iteration);

}  // namespace quantrail::app

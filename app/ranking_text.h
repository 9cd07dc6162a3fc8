#pragma once

#include <string>

#include "run/records.h"

namespace quantrail::app {

/// Layers with what each is worth, most first, with bars: from the least score (none) to the highest (full); where all
/// score the same, by how near each brings the outputs to the float model's.
[[nodiscard]] std::string ranking_text(const RankingRecord& ranking);
[[nodiscard]] std::string ranking_csv(const RankingRecord& ranking);

/// An "ignored" section for a configuration, as JSON, that keeps the layers of the first `groups` groups in float.
[[nodiscard]] std::string ignored_section(const RankingRecord& ranking, std::size_t groups);

}  // namespace quantrail::app

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "config/config.h"
#include "tracking/runs.h"

namespace quantrail::app {

/// A new run that begins where an iteration of another one is.
struct Branch {
  std::int64_t run = 0;
  std::optional<std::int64_t> iteration{};  ///< nothing: the run has none yet
  Config config{};         ///< the run's, with the iteration's groups as start_reverted, and the changes
  bool same_model = true;  ///< as the other run's; not where a change names another file
  std::filesystem::path model_path{};
  Digest model_hash{};
};

/// A new run with the settings of another one, and nothing of its results. Errors: as branched().
[[nodiscard]] Result<Branch> likened(const Options& options, std::string_view run,
                                     const std::vector<std::string>& overrides);

/// `target`: RUN or RUN@IT, see picked(); `overrides`: --set.
/// Errors: InvalidInput for a target or a change that is not understood.
[[nodiscard]] Result<Branch> branched(const Options& options, std::string_view target,
                                      const std::vector<std::string>& overrides);

}  // namespace quantrail::app

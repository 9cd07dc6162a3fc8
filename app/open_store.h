#pragma once

#include <string>
#include <string_view>

#include "app/options.h"
#include "tracking/runs.h"
#include "tracking/store.h"

namespace quantrail::app {

/// As the environment says: QUANTRAIL_JOURNAL is SQLite's journal mode, "truncate" or "wal"; without it the one that is
/// safe with the library in use. Errors: InvalidInput.
[[nodiscard]] Result<tracking::StoreOptions> store_options();

[[nodiscard]] Result<tracking::Store> opened_store(const Options& options, tracking::Store::Mode mode);

/// A store, its runs, and the one that a command names.
struct NamedRun {
  tracking::Store store;
  tracking::Runs runs;
  std::int64_t id = 0;
};
[[nodiscard]] Result<NamedRun> named_run(const Options& options, std::string_view run, tracking::Store::Mode mode);

/// RUN or RUN@IT, where IT is what picked() understands. Without @: the best iteration so far.
struct NamedIteration {
  NamedRun run;
  tracking::RunDetails details{};
  IterationRecord iteration{};
};
/// Errors: InvalidInput for a run without that iteration, naming those that it has.
[[nodiscard]] Result<NamedIteration> named_iteration(const Options& options, std::string_view target);

}  // namespace quantrail::app

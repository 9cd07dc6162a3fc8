#pragma once

#include <cstdio>
#include <string>

#include "app/prepare.h"
#include "tracking/lease.h"

namespace quantrail::app {

/// Where a worker speaks, and how.
struct WorkerOutput {
  std::FILE* out = nullptr;
  bool terminal = false;
  std::string log_path{};  ///< empty: a terminal
};

/// Everything that the run `id` works on, from its record: its configuration, and the store's copy of its model.
/// Errors: InvalidInput naming what is gone or differs.
[[nodiscard]] Result<Prepared> prepared_again(const tracking::Store& store, const tracking::RunDetails& details,
                                              Purpose purpose);

/// Hashes files through the store's memory of them.
[[nodiscard]] FileHasher remembering_hasher(const tracking::Store& store);

/// A worker's task.
struct Work {
  std::int64_t run = 0;
  /// What the run works on where the caller has it open already; null: read from the run's record when it begins.
  const Prepared* ready = nullptr;
  bool in_turn = false;    ///< wait first until the run may begin (queue.h)
  bool take_over = false;  ///< also from a worker on another machine of which nothing is known
};

/// Makes this process the worker of a run and runs it to its end, a stop request or a signal. A pause request makes it
/// wait where what it computed is safe. Returns the exit code; says on standard error what went wrong.
[[nodiscard]] int work(const tracking::Store& store, const Work& task, const WorkerOutput& output);

/// What the run's numbers depend on besides its inputs, and where it runs, as JSON.
[[nodiscard]] std::string environment_json(std::size_t threads);

}  // namespace quantrail::app
